"""What litter, events and ecosystems must not get wrong: density, lower bounds, and accounts that add up."""

import csv
import io
import tomllib
from collections import defaultdict

import pytest
from simulate import KITS

from datashift.estimation import cells, estimate
from datashift.harmonise.derive import derive
from datashift.inputs import Inputs, gather
from datashift.language import LANGUAGES
from datashift.pipeline import finding_sentence, observations, question, raw_table, run, set_up
from datashift.standards.comparability import comparability
from datashift.standards.kits import kit_folder, shipped_kit
from datashift.standards.variants import expanded, parse_variant

LITTER, EVENTS, LAND = (shipped_kit(name) for name in ("beach-litter", "events-register", "ecosystem-extent"))


def rewritten(given: Inputs, change, recipe=None, kit=None) -> Inputs:
    """The same inputs with other rows (`change` makes them from the rows), another recipe or another kit."""
    rows = change(list(csv.DictReader(io.StringIO(given.files["example.csv"].decode("utf-8")))))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    files = {**given.files, "example.csv": stream.getvalue().encode("utf-8")}
    return Inputs(recipe or given.recipe_text, kit or given.kit_text, files)


def figures(inputs: Inputs):
    """All figures before the disclosure gate: (measure, area, breakdown) -> estimate."""
    setting = set_up(inputs)
    table = observations(setting, raw_table(setting)[0]).observations
    found = estimate(cells(table, setting.measures), question(setting))
    return {(e.measure, e.area, e.breakdown): e for e in found}


def example(kit, home) -> Inputs:
    return gather(kit_folder(kit.id) / "recipe.toml", home)


# --- litter -------------------------------------------------------------------------------------------------------


def test_plastic_per_square_kilometre_is_the_plastic_over_the_ground_walked(own_home):
    one = {"shore": "sand", "length_m": "100", "width_m": "20", "cleanups": "1", "cluster": "01b1", "weight": "5"}
    counts = dict.fromkeys(
        ("bags", "bottles", "caps", "food_packaging", "fishing_gear", "foam", "fragments", "other_plastic"), "0"
    )
    counts |= {"cigarette_butts": "6", "glass_metal": "3", "other_litter": "1"}

    def two_stretches(rows):
        twice = {"cleanups": "2", "cigarette_butts": "14", "cluster": "01b2"}
        # The third measured nothing: its pieces say how many were found, not how dense they lay.
        unmeasured = {"length_m": "", "width_m": "", "cigarette_butts": "1000", "cluster": "01b3"}
        return [{**rows[0], **one, **counts, **more, "KEY": str(k)} for k, more in enumerate(({}, twice, unmeasured))]

    found = figures(rewritten(example(LITTER, own_home), two_stretches))
    # The filter of a cigarette is plastic. 20 pieces lay on 100 m x 20 m walked once and once more walked twice.
    assert found["EN_MAR_BEALITSQ", "ZZ", ()].value == pytest.approx(20 / (3 * 100 * 20 / 1e6))
    assert found["PLASTIC_PER_100M", "ZZ", ()].value == pytest.approx(20 / 3)
    assert found["LITTER_PER_100M", "ZZ", ()].value == pytest.approx((20 + 4 + 4) / 3)
    assert found["PLASTIC_PER_CLEANUP", "ZZ", ()].value == pytest.approx(1020 / 4)
    assert found["PLASTIC_SHARE", "ZZ", ()].value == pytest.approx(100 * 1020 / 1032)


def test_a_source_with_totals_only_feeds_the_figure_per_clean_up_and_no_density(own_home):
    given = example(LITTER, own_home)
    start, end = given.recipe_text.index("[columns]"), given.recipe_text.index("[place]")
    columns = '[columns]\nplastic_items = { column = "bags" }\ncleanups = { column = "cleanups" }\n\n'
    found = figures(rewritten(given, lambda rows: rows, given.recipe_text[:start] + columns + given.recipe_text[end:]))
    assert {measure for measure, _area, _by in found} == {"PLASTIC_PER_CLEANUP"}


# --- events -------------------------------------------------------------------------------------------------------


def test_no_question_of_the_register_can_hold_a_name_or_a_place():
    assert [name for name, concept in EVENTS.concepts.items() if concept.kind == "text"] == ["month"]
    form = (KITS / EVENTS.id / "form.md").read_text("utf-8")
    assert "geopoint" not in form
    assert "names" in EVENTS.universe.text["en"]
    assert "counted twice" in EVENTS.universe.text["en"]


def test_every_sentence_of_the_register_says_at_least():
    words = dict(zip(LANGUAGES, ("At least", "Al menos", "Angalau", "कम्तीमा"), strict=True))
    for measure in EVENTS.measures:
        assert all(words[language] in text for language, text in measure.finding.items()), measure.id


def test_a_lower_bound_has_no_interval_and_small_counts_are_hidden(own_home):
    result = run(example(EVENTS, own_home))
    shown = [e for e in result.estimates if e.value is not None]
    assert shown
    assert all((e.se, e.lower, e.upper, e.df) == (None, None, None, None) for e in result.estimates)
    assert all(e.n >= 20 for e in shown)
    assert any(e.status == "Q" for e in result.estimates)
    whole = next(e for e in shown if (e.measure, e.area, e.breakdown) == ("EVENTS_KNOWN", "ZZ", ()))
    sentence = finding_sentence(result.setting, result.setting.kit.measure("EVENTS_KNOWN"), whole)
    assert sentence.startswith(f"At least {whole.value:.0f} events")
    assert "lower bound" in result.uncertainty


def test_strict_figures_count_verified_events_only_and_news_is_none(own_home):
    given = example(EVENTS, own_home)
    before = figures(given)
    doubted = figures(rewritten(given, lambda rows: [row | {"verified": "not_verified"} for row in rows]))
    assert doubted["EVENTS_KNOWN", "ZZ", ()].value == before["EVENTS_KNOWN", "ZZ", ()].value
    for measure in ("EVENTS_VERIFIED", "WOMEN_KILLED", "DEFENDERS_HARMED", "PEOPLE_HARMED", "WOMEN_HARMED_RATE"):
        assert before[measure, "ZZ", ()].value > 0
        assert doubted[measure, "ZZ", ()].value is None
    news = figures(rewritten(given, lambda rows: [row | {"event_type": "no_event"} for row in rows]))
    assert all(e.value is None for e in news.values())


def test_a_rate_without_the_population_is_not_formed_or_refused(own_home):
    given = example(EVENTS, own_home)
    start, end = given.recipe_text.index("[margin.women]"), given.recipe_text.index("[[limits]]")
    without = given.recipe_text[:start] + given.recipe_text[end:]
    assert "WOMEN_HARMED_RATE" not in {measure for measure, _a, _b in figures(rewritten(given, list, without))}
    partly = given.recipe_text.replace('"ZZ-03" = 118000 ', "").replace("204000, }", "204000 }")
    found = figures(rewritten(given, list, partly))
    assert found["WOMEN_HARMED_RATE", "ZZ-01", ()].value > 0
    for area in ("ZZ-03", "ZZ"):
        assert found["WOMEN_HARMED_RATE", area, ()].value is None
        assert "population" in found["WOMEN_HARMED_RATE", area, ()].reason


def test_the_same_event_under_one_id_is_counted_once(own_home):
    given = example(EVENTS, own_home)
    twice = set_up(rewritten(given, lambda rows: [*rows, rows[0]]))
    harmonised = observations(twice, raw_table(twice)[0])
    assert harmonised.rows_out == harmonised.rows_in - 1
    assert harmonised.rejects["code"].to_pylist() == ["harmonise.repeated-id"]


def test_published_counts_are_a_variant_that_hides_nothing_and_counts_alike(own_home):
    """A row with 295 victims is a published count: it adds 295 people, and there is nothing left to protect."""
    text = """
    id = "published-counts"
    version = "1.0.0"
    title.en = "Published counts of violent events"
    [variant]
    of = "events-register@1.0.0"
    decided_by = "Made-up observatory"
    why.en = "These counts were published already."
    [disclosure]
    least_n = 1
    """
    variant = parse_variant(text, EVENTS)
    assert {told.kind for told in comparability(EVENTS, variant, derive).values()} == {"identical"}
    count = {"victims": "295", "victim_sex": "female", "event_type": "killing", "verified": "verified"}
    given = rewritten(example(EVENTS, own_home), lambda rows: [rows[0] | count], kit=expanded(text, EVENTS))
    result = run(Inputs(given.recipe_text.replace("events-register@1.0.0", "./published"), given.kit_text, given.files))
    shown = {e.measure: e.value for e in result.estimates if e.area == "ZZ" and not e.breakdown}
    assert shown["WOMEN_KILLED"] == 295


# --- ecosystems ---------------------------------------------------------------------------------------------------

TYPES = tuple(LAND.codelists["type"])


@pytest.fixture
def accounts(own_home):
    found = figures(example(LAND, own_home))
    tables = defaultdict(lambda: defaultdict(float))
    for (measure, area, by), e in found.items():
        if area == "ZZ":
            tables[measure][tuple(code for _name, code in by)] = e.value
    return tables


def test_opening_plus_additions_less_reductions_is_closing_for_every_type(accounts):
    for kind in TYPES:
        opening, closing = accounts["OPENING_EXTENT"][kind,], accounts["CLOSING_EXTENT"][kind,]
        more, less = accounts["ADDITIONS"][kind,], accounts["REDUCTIONS"][kind,]
        assert opening > 0
        assert opening + more - less == pytest.approx(closing)
        assert accounts[f"NET_{kind.upper()}"][()] == pytest.approx(more - less, abs=1e-6)


def test_the_margins_of_the_change_matrix_are_the_extents(accounts):
    matrix = {cell: value for cell, value in accounts["CHANGE_MATRIX"].items() if cell}
    assert len(matrix) > 16
    for kind in TYPES:
        assert sum(v for (before, _after), v in matrix.items() if before == kind) == pytest.approx(
            accounts["OPENING_EXTENT"][kind,]
        )
        assert sum(v for (_before, after), v in matrix.items() if after == kind) == pytest.approx(
            accounts["CLOSING_EXTENT"][kind,]
        )
    assert sum(matrix.values()) == pytest.approx(accounts["OPENING_EXTENT"][()])


def test_nothing_is_lost_on_the_way_from_one_type_to_another(accounts):
    assert accounts["OPENING_EXTENT"][()] == pytest.approx(accounts["CLOSING_EXTENT"][()])
    assert accounts["ADDITIONS"][()] == pytest.approx(accounts["REDUCTIONS"][()])
    assert sum(accounts[f"NET_{kind.upper()}"][()] for kind in TYPES) == pytest.approx(0, abs=1e-6)


def test_accounts_are_published_without_holes(own_home):
    result = run(example(LAND, own_home))
    assert not [e for e in result.estimates if e.status == "Q"]


def test_a_unit_of_which_one_type_is_unknown_is_in_no_table_of_extent(own_home):
    given = example(LAND, own_home)
    blank = figures(rewritten(given, lambda rows: [rows[0] | {"type_opening": ""}, *rows[1:]]))
    without = figures(rewritten(given, lambda rows: rows[1:]))
    for measure in ("OPENING_EXTENT", "CLOSING_EXTENT", "CHANGE_MATRIX", "ADDITIONS", "NET_SHRUBLAND"):
        assert blank[measure, "ZZ", ()].value == pytest.approx(without[measure, "ZZ", ()].value), measure


def test_condition_is_the_mean_weighted_by_area_and_units_not_judged_are_left_out(own_home):
    def three(rows):
        changes = (("1", "100", "01l1"), ("3", "20", "01l2"), ("50", "", "01l3"))
        return [
            rows[0] | {"area_ha": area, "condition_closing": state, "cluster": cluster, "KEY": cluster}
            for area, state, cluster in changes
        ]

    found = figures(rewritten(example(LAND, own_home), three))
    assert found["CONDITION_CLOSING", "ZZ", ()].value == pytest.approx((1 * 100 + 3 * 20) / 4)


def test_the_types_name_every_land_and_freshwater_biome_once():
    biomes = {
        word
        for code in LAND.codelists["type"].values()
        for word in code.synonyms
        if word[:1] in "tfm" and word[-1].isdigit()
    }
    assert {"t1", "t2", "t3", "t4", "t5", "t6", "t7.1", "t7.4", "tf1", "f1", "f2", "f3", "mft1"} <= biomes
    text = tomllib.loads((KITS / LAND.id / "kit.toml").read_text("utf-8"))
    spoken = [word for code in text["codelists"]["type"].values() for word in code["synonyms"]]
    assert len(spoken) == len(set(spoken))
