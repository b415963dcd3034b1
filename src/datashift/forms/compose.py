"""The form of a kit: an XLSForm as Markdown tables, so that a change shows in a diff.

Questions and answers are the kit's. What every form asks besides (day, organisation, place on the sampling list) is
written here once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from datashift.language import LANGUAGES
from datashift.model import Bounds, Concept, Kit, Label, When
from datashift.standards.conditions import MISSING

HEADINGS = {"en": "English (en)", "es": "Español (es)", "sw": "Kiswahili (sw)", "ne": "नेपाली (ne)"}
SPOKEN = ("label", "hint", "constraint_message")
Row = dict[str, str]

ORGANISATION: Label = {
    "en": "Who collects these data?",
    "es": "¿Quién recoge estos datos?",
    "sw": "Nani anakusanya data hizi?",
    "ne": "यो तथ्याङ्क कसले सङ्कलन गर्दैछ?",
}
NOT_A_PERSON: Label = {
    "en": "Name of the organisation, not of a person.",
    "es": "Nombre de la organización, no de una persona.",
    "sw": "Jina la shirika, si la mtu.",
    "ne": "संस्थाको नाम, व्यक्तिको होइन।",
}
AREA: Label = {
    "en": "Which area is this?",
    "es": "¿Qué zona es esta?",
    "sw": "Hili ni eneo gani?",
    "ne": "यो कुन क्षेत्र हो?",
}
CLUSTER: Label = {
    "en": "Which village or neighbourhood is this?",
    "es": "¿Qué comunidad o barrio es este?",
    "sw": "Hiki ni kijiji au mtaa gani?",
    "ne": "यो कुन गाउँ वा टोल हो?",
}
ON_THE_LIST: Label = {
    "en": "As written on the sampling list.",
    "es": "Como está en la lista de la muestra.",
    "sw": "Kama ilivyoandikwa kwenye orodha ya sampuli.",
    "ne": "नमुना सूचीमा लेखिएअनुसार।",
}
CONSENT: Label = {
    "en": "May we ask you some questions? The answers are used for figures only. We do not write down your name. "
    "You may leave out any question and stop at any time.",
    "es": "¿Podemos hacerle unas preguntas? Las respuestas solo se usan para cifras. No anotamos su nombre. Puede no "
    "responder alguna pregunta y parar en cualquier momento.",
    "sw": "Je, tunaweza kukuuliza maswali machache? Majibu hutumika kwa takwimu tu. Hatuandiki jina lako. "
    "Unaweza kuacha swali lolote na kusimama wakati wowote.",
    "ne": "के हामी तपाईंलाई केही प्रश्न सोध्न सक्छौँ? जवाफ तथ्याङ्कका लागि मात्र प्रयोग हुन्छ। हामी तपाईंको नाम लेख्दैनौँ। "
    "तपाईं कुनै पनि प्रश्न छोड्न र जुनसुकै बेला रोक्न सक्नुहुन्छ।",
}
YES: Label = {"en": "Yes", "es": "Sí", "sw": "Ndiyo", "ne": "हुन्छ"}
NO: Label = {"en": "No", "es": "No", "sw": "Hapana", "ne": "हुँदैन"}
POSITION: Label = {
    "en": "Stand at the place and take its position.",
    "es": "Párese en el lugar y tome su posición.",
    "sw": "Simama mahali hapo na uchukue mahali kilipo.",
    "ne": "त्यही ठाउँमा उभिएर स्थान लिनुहोस्।",
}
PRECISE: Label = {
    "en": "Wait until the accuracy is 10 metres or better.",
    "es": "Espere hasta que la precisión sea de 10 metros o mejor.",
    "sw": "Subiri hadi usahihi uwe mita 10 au chini yake.",
    "ne": "शुद्धता १० मिटर वा सोभन्दा राम्रो नहुन्जेल पर्खनुहोस्।",
}
MEASURED_AT: Label = {
    "en": "When was it measured?",
    "es": "¿Cuándo se midió?",
    "sw": "Ilipimwa lini?",
    "ne": "कहिले नापियो?",
}
ON_THE_DEVICE: Label = {
    "en": "Day and time as the device shows them.",
    "es": "Día y hora como los muestra el aparato.",
    "sw": "Siku na saa kama kifaa kinavyoonyesha.",
    "ne": "यन्त्रले देखाएको दिन र समय।",
}
BETWEEN: Label = {
    "en": "Between {least} and {most}.",
    "es": "Entre {least} y {most}.",
    "sw": "Kati ya {least} na {most}.",
    "ne": "{least} देखि {most} सम्म।",
}
AT_LEAST: Label = {
    "en": "{least} or more.",
    "es": "{least} o más.",
    "sw": "{least} au zaidi.",
    "ne": "{least} वा सोभन्दा बढी।",
}


def compose(kit: Kit) -> str:
    """Return the form of `kit` as Markdown tables that pyxform converts: sheets survey and choices, four languages."""
    survey = [*_opening(kit), *_questions(kit)]
    lists = {**({"consent": {"yes": YES, "no": NO}} if kit.universe.people else {}), **_lists(kit)}
    choices = [
        {"list_name": name, "name": code, **_said("label", text)}
        for name, codes in lists.items()
        for code, text in codes.items()
    ]
    head = f"# {kit.title['en']}: form {kit.version}\n\nMedia files to attach: areas.csv (places) and sample.csv (the "
    head += "sampling list, with stratum and weight).\n"
    return "\n".join([head, _table("survey", survey), _table("choices", choices)])


def asked_concepts(kit: Kit) -> list[str]:
    """Return the concepts that the form asks: those with a question."""
    return [name for name, concept in kit.concepts.items() if concept.question]


def _opening(kit: Kit) -> Iterator[Row]:
    yield {"type": "today", "name": "today"}
    yield (
        {"type": "text", "name": "organisation", "required": "yes"}
        | _said("label", ORGANISATION)
        | _said("hint", NOT_A_PERSON)
    )
    listed = {
        "type": "select_one_from_file areas.csv",
        "name": "area",
        "required": "yes",
        "parameters": "value=id, label=name",
    }
    yield listed | {"choice_filter": "level > 0 and valid_to = ''"} | _said("label", AREA)
    listed = {"type": "select_one_from_file sample.csv", "name": "cluster", "required": "yes"}
    listed |= {"choice_filter": "area = ${area}", "parameters": "value=cluster, label=name"}
    yield listed | _said("label", CLUSTER) | _said("hint", ON_THE_LIST)
    yield _calculated("stratum", "pulldata('sample', 'stratum', 'cluster', ${cluster})")
    weight = "cluster_weight" if kit.universe.eligible else "weight"
    yield _calculated(weight, "pulldata('sample', 'weight', 'cluster', ${cluster})")
    if kit.universe.people:
        yield {"type": "select_one consent", "name": "consent", "required": "yes"} | _said("label", CONSENT)
    else:
        yield (
            {"type": "geopoint", "name": "location", "required": "yes"}
            | _said("label", POSITION)
            | _said("hint", PRECISE)
        )
    if kit.readings:
        row = {"type": "dateTime", "name": "measured_at", "required": "yes"}
        yield row | _said("label", MEASURED_AT) | _said("hint", ON_THE_DEVICE)
    if kit.universe.eligible:
        bounds = _bounds(Concept(label={}, kind="number", least=1, most=30))
        row = {
            "type": "integer",
            "name": "eligible",
            "required": "yes",
            **bounds,
            **_said("label", kit.universe.eligible),
        }
        yield row | {"relevant": "${consent} = 'yes'"}
        yield _calculated("weight", "if(${consent} = 'yes', ${cluster_weight} * ${eligible}, ${cluster_weight})")


def _questions(kit: Kit) -> Iterator[Row]:
    consent = "${consent} = 'yes'" if kit.universe.people else ""
    for name in asked_concepts(kit):
        concept = kit.concepts[name]
        kinds = {"code": f"select_one {concept.codelist or name}", "text": "text"}
        kind = kinds.get(concept.kind, "decimal" if concept.decimals else "integer")
        conditions = [consent, *_relevance(kit, concept.asked_if)]
        row = {"type": kind, "name": name, "required": "yes" if concept.kind == "code" else ""}
        row |= {"relevant": " and ".join(filter(None, conditions)), **_bounds(concept)}
        yield row | _said("label", concept.question) | _said("hint", concept.hint)


def _lists(kit: Kit) -> dict[str, dict[str, Label]]:
    asked = (kit.concepts[name] for name in asked_concepts(kit))
    names = zip(asked_concepts(kit), asked, strict=True)
    return {c.codelist or name: {code: a.label for code, a in c.codes.items()} for name, c in names if c.kind == "code"}


def _relevance(kit: Kit, conditions: When) -> Iterator[str]:
    for name, wanted in conditions.items():
        if isinstance(wanted, Bounds):
            signs = {"least": ">=", "most": "<=", "above": ">", "below": "<"}
            yield from (
                f"${{{name}}} {sign} {getattr(wanted, bound):g}"
                for bound, sign in signs.items()
                if getattr(wanted, bound) is not None
            )
        else:
            tests = [f"${{{name}}} = '{code if code != MISSING else ''}'" for code in wanted]
            yield tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _bounds(concept: Concept) -> Row:
    if concept.kind != "number" or concept.least is None:
        return {}
    least, most = f"{concept.least:g}", "" if concept.most is None else f"{concept.most:.10g}"
    text = BETWEEN if most else AT_LEAST
    told = {language: words.format(least=least, most=most) for language, words in text.items()}
    test = f". >= {least} and . <= {most}" if most else f". >= {least}"
    return {"constraint": test} | _said("constraint_message", told)


def _calculated(name: str, calculation: str) -> Row:
    return {"type": "calculate", "name": name, "calculation": calculation}


def _said(part: str, text: Label) -> Row:
    return {f"{part}::{HEADINGS[language]}": text[language] for language in LANGUAGES if language in text}


def _table(sheet: str, rows: Iterable[Mapping[str, str]]) -> str:
    rows = list(rows)
    spoken = [f"{part}::{heading}" for part in SPOKEN for heading in HEADINGS.values()]
    order = ["list_name", "type", "name", *spoken[:8], "required", "relevant", "constraint", *spoken[8:]]
    order += ["calculation", "choice_filter", "parameters"]
    headings = [heading for heading in order if any(row.get(heading) for row in rows)]
    lines = [f"| {sheet} | {' | '.join(headings)} |", "|---" * (len(headings) + 1) + "|"]
    lines += [f"| | {' | '.join(_cell(row.get(heading, '')) for heading in headings)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
