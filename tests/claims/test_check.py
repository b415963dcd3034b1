"""A sentence of one's own is held against the evidence: numbers, words, and what is left out; in four languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from datashift.claims import (
    NOT_PROOF,
    Difference,
    Evidence,
    Several,
    Subject,
    check,
    evidence_of,
    licensed,
    rankings,
)
from datashift.language import speaking

Make = Callable[..., Any]


@pytest.fixture(scope="session")
def probability(level: Make) -> list[Evidence]:
    """Hilltop 59.2 % (55.4 to 62.8) and Riverside 71.3 % (61.0 to 80.1) of 2024, each from a probability sample."""
    other = level(area="ZZ-2", area_name="Riverside", value=71.3, lower=61.0, upper=80.1, n=410)
    return [level(), other, *rankings([level(), other])]


@pytest.fixture(scope="session")
def volunteers(level: Make, water: Subject) -> list[Evidence]:
    """Hilltop 59.2 % of the 640 people who answered of their own accord."""
    return [level(subject=replace(water, rows="people"), sampling_type="volunteer")]


@pytest.fixture(scope="session")
def compared(level: Make, beside: Make) -> list[Evidence]:
    """A gap in Hilltop (59.2 against 72 %), none to be told in Riverside (71.3 against 72 %)."""
    riverside = level(area="ZZ-2", area_name="Riverside", value=71.3, lower=66.0, upper=76.2, n=410)
    open_question = beside(
        area="ZZ-2", area_name="Riverside", value=71.3, lower=66.0, upper=76.2, verdict="cannot_tell", difference=-0.7,
        difference_lower=-11.2, difference_upper=9.8, contest=None, p_adjusted=0.8, evidence={"among": (2, 1)},
    )  # fmt: skip
    rows = (beside(evidence={"among": (2, 1)}), open_question)
    return [level(), riverside, *rows, Several(rows[0].subject, rows)]


def codes(text: str, evidence: Any) -> set[str]:
    return {problem.code for problem in check(text, evidence)}


# --- levels ---------------------------------------------------------------------------------------------------------

GOOD_LEVELS = [
    "Our survey shows that about 59 % of the water points in Hilltop worked in 2024.",
    "In Hilltop, about 6 in 10 water points worked in 2024, our survey suggests.",
    "Between 55 % and 63 % of the water points in Hilltop worked in 2024, says the community survey.",
    "More than half of the points in Hilltop worked in 2024, the citizen survey shows.",
    "Most water points in Hilltop worked in 2024, the citizen survey shows.",
    "Of all the water points in Hilltop, about 59 % worked on 14 March 2024, the citizen survey shows.",
    "ABOUT 59% OF THE POINTS IN HILLTOP WORKED IN 2024, OUR SURVEY SHOWS.",
    "About 4 in 10 water points in Hilltop did not work in 2024, our survey shows.",
    "Hilltop, 2024: about 41 % of water points were out of order, according to the citizen survey.",
    "En Hilltop, en 2024, cerca del 41 % de los puntos estaba fuera de servicio, según nuestra encuesta.",
    "Nuestra encuesta muestra que cerca del 59 % de los puntos de agua de Hilltop funcionaban en 2024.",
    "En Hilltop, cerca de 6 de cada 10 puntos funcionaban en 2024, según nuestra encuesta.",
    "Entre el 55 % y el 63 % de los puntos de Hilltop funcionaban en 2024, según la encuesta de la comunidad.",
    "Más de la mitad de los puntos de Hilltop funcionaban en 2024, según la encuesta ciudadana.",
    "En 2024 cerca del 41 % de los puntos de Hilltop no funcionaban, según nuestra encuesta.",
    "Utafiti wetu unaonyesha kuwa takriban asilimia 59 ya vituo vya maji vya Hilltop vilifanya kazi mwaka 2024.",
    "Takriban vituo 6 kati ya 10 vya Hilltop vilifanya kazi mwaka 2024, utafiti wa wananchi unadokeza.",
    "Takriban saba kati ya kumi ya vituo vya Riverside vilifanya kazi mwaka 2024, kwa mujibu wa wananchi.",
    "Zaidi ya nusu ya vituo vya Hilltop vilifanya kazi mwaka 2024, utafiti wa jamii unaonyesha.",
    "Kati ya 55 % na 63 % ya vituo vya Hilltop vilifanya kazi mwaka 2024, utafiti wa jamii unaonyesha.",
    "हाम्रो सर्वेक्षणले देखाउँछ: २०२४ मा Hilltop का करिब ५९ प्रतिशत पानीका ठाउँ चल्थे।",
    "नागरिक सर्वेक्षण अनुसार २०२४ मा Hilltop का १० मध्ये करिब ६ ठाउँ चल्थे।",
    "२०२४ मा Hilltop का आधाभन्दा बढी ठाउँ चल्थे, समुदायको सर्वेक्षणले सङ्केत गर्छ।",
    "वि.सं. २०८१ मा Hilltop का करिब ५९ % ठाउँ चल्थे, नागरिक सर्वेक्षणले देखाउँछ।",
    "नागरिक सर्वेक्षण: २०२४ मा Hilltop का ५५ % देखि ६३ % ठाउँ चल्थे।",
]


@pytest.mark.parametrize("text", GOOD_LEVELS)
def test_a_sentence_that_the_evidence_carries_has_no_problem(text: str, probability: list[Evidence]) -> None:
    assert check(text, probability) == []


BAD_LEVELS = [
    ("Our survey shows that about 64 % of the points in Hilltop worked in 2024.", "number"),
    ("Our survey shows that about 71 % of the points in Hilltop worked in 2024.", "number"),
    ("Our survey shows that about 59 % of the points in Hilltop did not work in 2024.", "number"),
    ("Our survey shows that about 6 in 10 points in Hilltop did not work in 2024.", "number"),
    ("En 2024 cerca del 59 % de los puntos de Hilltop no funcionaban, según nuestra encuesta.", "number"),
    ("Our survey shows that about 59.2 % of the points in Hilltop worked in 2024.", "sharp"),
    ("Our survey shows that about 59 % of the points in Hilltop worked in 2019.", "year"),
    ("Our survey proves that about 59 % of the points in Hilltop worked in 2024.", "proof"),
    ("Our survey shows a significant 59 % or so of points working in Hilltop in 2024.", "proof"),
    ("Because of corruption, about 59 % of the points in Hilltop worked in 2024, our survey shows.", "cause"),
    ("Our survey shows that about 59 % of the points in Hilltop worked in 2024: the ministry lied.", "blame"),
    ("About 59 % of the points in Hilltop worked in 2024; all of them will fail, our survey shows.", "future"),
    ("Our survey shows that about 59 % of the points worked in 2024.", "place"),
    ("Our survey shows that about 59 % of the points in Hilltop worked.", "period"),
    ("Our survey shows that 59 % of the points in Hilltop worked in 2024.", "unsure"),
    ("About 59 % of the points in Hilltop worked in 2024.", "who"),
    ("Hilltop is the worst: about 59 % of its points worked in 2024, our survey shows.", "rank"),
    ("Our survey shows that in Hilltop working points fell to about 59 % in 2024.", "change"),
    ("Our survey shows that in 2024 about 59 % of points in Hilltop worked, and it is getting worse.", "change"),
    ("Water in Hilltop collapsed: about 59 % of points worked in 2024, our survey shows.", "change"),
    ("The ministry is simply wrong: about 59 % of points in Hilltop worked in 2024, our survey shows.", "blame"),
    ("Nuestra encuesta: el agua de Hilltop se desplomó, cerca del 59 % funcionaba en 2024.", "change"),
    ("Utafiti wetu: vituo vya Hilltop vimeporomoka, takriban asilimia 59 vilifanya kazi mwaka 2024.", "change"),
    ("हाम्रो सर्वेक्षण: अवस्था खस्कियो, २०२४ मा Hilltop का करिब ५९ प्रतिशत ठाउँ चल्थे।", "change"),
    ("More than 60 % of the points in Hilltop worked in 2024, our survey shows.", "number"),
    ("About 5 in 10 points in Hilltop worked in 2024, our survey shows.", "number"),
    ("All water points in Hilltop worked in 2024, our survey shows.", "number"),
    ("Our survey shows that about 59 % of the points in Hilltop worked in 2024, twice as many as before.", "number"),
    ("Fewer than 1 in 10 points in Hilltop worked in 2024, our survey shows.", "number"),
    ("Our survey shows that in 2024 about 59 % of points worked in Hilltop, fewer than in Riverside.", "rank"),
    ("Nuestra encuesta demuestra que cerca del 59 % de los puntos de Hilltop funcionaban en 2024.", "proof"),
    ("Nuestra encuesta muestra que cerca del 95 % de los puntos de Hilltop funcionaban en 2024.", "number"),
    ("Nuestra encuesta muestra que cerca del 59,2 % de los puntos de Hilltop funcionaban en 2024.", "sharp"),
    ("Cerca del 59 % de los puntos de Hilltop funcionaban en 2024 por culpa del gobierno, según la encuesta.", "cause"),
    ("Nuestra encuesta de 2024 en Hilltop: cerca del 59 % funciona, lo demás es un fraude.", "blame"),
    ("Nuestra encuesta: cerca del 59 % de los puntos de Hilltop funcionaban en 2024 y nunca alcanzarán más.", "future"),
    ("Nuestra encuesta muestra que el 59 % de los puntos de Hilltop funcionaban en 2024.", "unsure"),
    ("Nuestra encuesta muestra que cerca del 59 % de los puntos funcionaban en 2024.", "place"),
    ("Hilltop es el peor: cerca del 59 % en 2024, según nuestra encuesta.", "rank"),
    ("Utafiti wetu unathibitisha kuwa takriban asilimia 59 ya vituo vya Hilltop vilifanya kazi mwaka 2024.", "proof"),
    ("Utafiti wetu unaonyesha kuwa takriban asilimia 80 ya vituo vya Hilltop vilifanya kazi mwaka 2024.", "number"),
    ("Utafiti wetu: takriban asilimia 59 ya vituo vya Hilltop vilifanya kazi mwaka 2024 kwa sababu ya ukame.", "cause"),
    ("Utafiti wetu: takriban asilimia 59 ya vituo vya Hilltop, mwaka 2024; serikali imedanganya.", "blame"),
    ("Utafiti wetu: takriban asilimia 59 ya vituo vya Hilltop mwaka 2024; havitafanya kazi, itapungua.", "future"),
    ("Utafiti wetu unaonyesha kuwa takriban asilimia 59 ya vituo vilifanya kazi mwaka 2024.", "place"),
    ("Utafiti wetu unaonyesha kuwa takriban asilimia 59 ya vituo vya Hilltop vilifanya kazi.", "period"),
    ("Utafiti wetu unaonyesha kuwa asilimia 59 ya vituo vya Hilltop vilifanya kazi mwaka 2024.", "unsure"),
    ("Takriban asilimia 59 ya vituo vya Hilltop vilifanya kazi mwaka 2024.", "who"),
    ("Utafiti wetu: vituo vyote vya Hilltop vilifanya kazi mwaka 2024.", "number"),
    ("Nuestra encuesta: en 2024 todos los puntos de Hilltop funcionaban.", "number"),
    ("हाम्रो सर्वेक्षण: २०२४ मा Hilltop का सबै ठाउँ चल्थे।", "number"),
    ("हाम्रो सर्वेक्षणले प्रमाणित गर्छ: २०२४ मा Hilltop का करिब ५९ प्रतिशत ठाउँ चल्थे।", "proof"),
    ("हाम्रो सर्वेक्षण: २०२४ मा Hilltop का करिब ७५ प्रतिशत ठाउँ चल्थे।", "number"),
    ("हाम्रो सर्वेक्षण: भ्रष्टाचारका कारण २०२४ मा Hilltop का करिब ५९ प्रतिशत ठाउँ मात्र चल्थे।", "cause"),
    ("हाम्रो सर्वेक्षण: २०२४ मा Hilltop का करिब ५९ प्रतिशत चल्थे; सरकारले झूट बोल्यो।", "blame"),
    ("हाम्रो सर्वेक्षण: २०२४ मा Hilltop का करिब ५९ प्रतिशत चल्थे, अब सबै बन्द हुनेछन्।", "future"),
    ("हाम्रो सर्वेक्षण: २०२४ मा करिब ५९ प्रतिशत ठाउँ चल्थे।", "place"),
    ("हाम्रो सर्वेक्षण: Hilltop का करिब ५९ प्रतिशत ठाउँ चल्थे।", "period"),
    ("हाम्रो सर्वेक्षण: २०२४ मा Hilltop का ५९ प्रतिशत ठाउँ चल्थे।", "unsure"),
    ("२०२४ मा Hilltop का करिब ५९ प्रतिशत ठाउँ चल्थे।", "who"),
    ("हाम्रो सर्वेक्षण: २०१९ मा Hilltop का करिब ५९ प्रतिशत ठाउँ चल्थे।", "year"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), BAD_LEVELS)
def test_what_the_evidence_does_not_carry_is_found(text: str, code: str, probability: list[Evidence]) -> None:
    problems = check(text, probability)
    assert code in {problem.code for problem in problems}, problems
    assert all(problem.instead for problem in problems)


def test_only_what_is_wrong_is_found(probability: list[Evidence]) -> None:
    for text, code in BAD_LEVELS:
        extra = codes(text, probability) - {code}
        # A wrong number or year leaves the right one missing, and a ministry is spoken of beside the figure.
        assert extra <= {"period", "who", "unsure", "number", "blame", "cause", "change", "place"}, (text, extra)


# --- those who were counted, not everybody --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Of the 640 people who answered in Hilltop in 2024, about 59 % say so.", set()),
        ("About 6 in 10 of our volunteers in Hilltop said so in 2024.", set()),
        ("Cerca de 6 de cada 10 personas que respondieron en Hilltop en 2024 lo dicen.", set()),
        ("Takriban 6 kati ya 10 ya waliojibu huko Hilltop mwaka 2024 wanasema hivyo.", set()),
        ("२०२४ मा Hilltop मा जवाफ दिने १० मध्ये करिब ६ जनाले त्यसो भने।", set()),
        ("About 59 % of the people of Hilltop say so in 2024.", {"everybody"}),
        ("Our survey shows that about 6 in 10 people in Hilltop say so in 2024.", {"everybody"}),
        ("Nuestra encuesta muestra que cerca del 59 % de la gente de Hilltop lo dice en 2024.", {"everybody"}),
        ("Utafiti unaonyesha takriban asilimia 59 ya watu wa Hilltop wanasema hivyo mwaka 2024.", {"everybody"}),
        ("सर्वेक्षणले देखाउँछ: २०२४ मा Hilltop का करिब ५९ प्रतिशत मानिस त्यसो भन्छन्।", {"everybody"}),
    ],
)
def test_volunteers_must_be_named(text: str, found: set[str], volunteers: list[Evidence]) -> None:
    assert codes(text, volunteers) == found


# --- beside an official figure --------------------------------------------------------------------------------------

GOOD_GAPS = [
    "In 1 of 2 areas citizen data show a gap: in Hilltop, about 13 percentage points less than official, 2024.",
    "En 1 de 2 áreas los datos ciudadanos muestran una brecha: en Hilltop, cerca de 13 puntos porcentuales menos que "
    "la cifra oficial de 2024.",
    "Katika 1 kati ya 2 ya maeneo data za wananchi zinaonyesha pengo: Hilltop, takriban 13 pointi za asilimia chini ya "
    "takwimu rasmi, mwaka 2024.",
    "२ मध्ये १ ठाउँमा नागरिक तथ्याङ्कले फरक देखाउँछ: Hilltop मा २०२४ मा आधिकारिक भन्दा करिब १३ प्रतिशत बिन्दु कम।",
    "In Riverside, citizen data cannot tell whether the official figure differs, 2024.",
    "In Hilltop the citizen figure for 2024 is about 59 %, the official one 72 %.",
]


@pytest.mark.parametrize("text", GOOD_GAPS)
def test_a_comparison_that_is_carried_has_no_problem(text: str, compared: list[Evidence]) -> None:
    assert check(text, compared) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("In 1 of 2 areas: Hilltop had about 13 percentage points more than the official one in 2024, citizens show.",
         "direction"),
        ("In Hilltop citizen data show about 13 percentage points less than the official figure of 2024.", "among"),
        ("In Hilltop in 2024 citizen data show about 13 % less than the official figure, in 1 of 2 areas.", "number"),
        ("Of 2 areas, in Riverside citizen data suggest fewer working points than the official one in 2024.", "verb"),
        ("Of 2 areas, Riverside has fewer working points than the official figure of 2024; so say citizens.", "plain"),
        ("Of 2 areas, citizen data show no difference to the official figure in Riverside in 2024.", "verb"),
        ("The government hides it: in 1 of 2 areas, Hilltop, about 13 percentage points less, citizens show, 2024.",
         "blame"),
        ("La cifra oficial es un fraude: en Hilltop, cerca de 13 puntos porcentuales menos en 2024, 1 de 2 áreas.",
         "blame"),
        ("En Riverside los datos ciudadanos muestran menos que la cifra oficial de 2024, en 2 áreas.", "verb"),
        ("Riverside: data za wananchi zinaonyesha pungufu kuliko takwimu rasmi mwaka 2024, maeneo 2.", "verb"),
        ("Riverside मा २०२४ मा नागरिक तथ्याङ्कले आधिकारिक भन्दा कम देखाउँछ, २ ठाउँ।", "verb"),
    ],
)  # fmt: skip
def test_a_comparison_that_is_not_carried_is_found(text: str, code: str, compared: list[Evidence]) -> None:
    assert code in codes(text, compared), check(text, compared)


def test_the_word_that_is_carried_is_named(beside: Make, level: Make) -> None:
    modelled = [level(), beside(official={"nature": "M"}, evidence={"among": (1, 1)})]
    text = "In Hilltop, 2024, citizen data show about 13 percentage points less than the official figure."
    [problem] = check(text, modelled)
    assert (problem.code, problem.text) == (
        "verb", "“show” is stronger than this evidence. The word that it carries: suggests."
    )  # fmt: skip
    assert "suggest 13" in problem.instead
    assert check(text.replace("show", "suggest"), modelled) == []


def test_what_would_have_to_be_wrong_may_be_asked(beside: Make) -> None:
    volunteers = [
        beside(verdict="cannot_tell", p_adjusted=None, evidence={"sampling_type": "volunteer", "among": None})
    ]
    text = (
        "The citizen and the official figure for Hilltop, 2024, agree only if at least 20 % of the answers are wrong."
    )
    assert "blame" not in codes(text, volunteers)
    assert "number" not in codes(text, volunteers)
    assert "number" in codes("In Hilltop, 2024, citizen data suggest 20 % less than the official figure.", volunteers)
    assert "blame" in codes("The official figure for Hilltop, 2024, is wrong, citizens say.", volunteers)


def test_a_change_over_the_years_may_be_said_where_it_is_evidence(rise: Difference) -> None:
    text = "From 2020 to 2024, working points in Hilltop increased by about 12 percentage points, citizen surveys show."
    assert check(text, [rise]) == []
    assert "direction" not in codes(text, [rise])


def test_a_highest_area_may_be_named_where_no_interval_overlaps(level: Make) -> None:
    rows = [
        level(),
        level(area="ZZ-2", area_name="Riverside", value=91.3, lower=86.0, upper=94.2),
    ]
    text = "Of 2 areas, the highest share, about 91 %, was in Riverside in 2024, citizen data suggest."
    assert check(text, [*rows, *rankings(rows)]) == []


# --- every licensed sentence passes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es", "sw", "ne"])
def test_every_licensed_sentence_is_carried(
    probability: list[Evidence], compared: list[Evidence], volunteers: list[Evidence], language: str
) -> None:
    with speaking(language):
        for evidence in (probability, compared, volunteers):
            for one in evidence:
                for made in licensed(one):
                    assert check(made.sentence(), evidence) == [], made.sentence()
                    assert check(" ".join((made.sentence(), *made.caveats())), evidence) == []


def test_a_licensed_sentence_does_not_carry_what_is_added_to_it(probability: list[Evidence]) -> None:
    sentence = licensed(probability[0])[0].sentence()
    assert codes(f"{sentence} This proves fraud.", probability) >= {"proof", "blame"}
    assert "number" in codes(f"{sentence} In 2 years it was 80 %.", probability)


def test_other_names_of_a_place_count(probability: list[Evidence]) -> None:
    text = "हाम्रो सर्वेक्षणले देखाउँछ: २०२४ मा हिलटपका करिब ५९ प्रतिशत ठाउँ चल्थे।"
    assert codes(text, probability) == {"place"}
    assert check(text, probability, {"ZZ-1": ("हिलटप",)}) == []


def test_words_of_the_measure_are_not_held_against_anybody(level: Make, water: Subject) -> None:
    bribes = replace(water, label={"en": "Adults who saw corruption"}, rows="people")
    text = "About 59 % in Hilltop in 2024, our survey shows: Adults who saw corruption."
    assert check(text, [level(subject=bribes)]) == []


def test_nothing_found_does_not_mean_true() -> None:
    assert "does not mean that the sentence is true" in NOT_PROOF


def test_evidence_of_one_release_is_what_is_checked_against() -> None:
    assert evidence_of.__doc__ is not None
    assert "every figure, every comparison" in evidence_of.__doc__
