"""A variant is the kit with its difference; how comparable the two are is computed from what they make of answers."""

import csv
import io
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.errors import BadRecipe
from datashift.estimation import cells, estimate, merge
from datashift.harmonise.derive import derive
from datashift.inputs import Inputs, gather
from datashift.language import speaking
from datashift.pipeline import observations, question, raw_table, set_up
from datashift.standards.comparability import comparability
from datashift.standards.differences import difference, sentence
from datashift.standards.kits import kit_folder, known_kits, parse_kit, shipped_kit
from datashift.standards.variants import as_toml, expanded, kit_text, parse_variant

WATER = shipped_kit("drinking-water-ladder")
POINTS = shipped_kit("water-point-functionality")
HEAD = """
id = "made-up-variant"
version = "1.0.0"
title.en = "A made-up variant"
{remove}

[variant]
of = "{of}@1.0.0"
decided_by = "Made-up ministry of water"
why.en = "In the dry north nobody reaches a source within 30 minutes."
"""
FORTY_FIVE = """
[concepts.service_level.rules]
4 = { when = { minutes = { most = 45 } } }
5 = { when = { minutes = { above = 45 } } }
"""


def variant(body, of=WATER, remove=""):
    return parse_variant(HEAD.format(of=of.id, remove=remove) + body, of)


def counted(inputs):
    """The setting of a run with its cells: all that figures are made of, without charts and checks."""
    setting = set_up(inputs)
    return setting, cells(observations(setting, raw_table(setting)[0]).observations, setting.measures)


def figures(inputs):
    setting, table = counted(inputs)
    return {(e.measure, e.area, e.breakdown): e for e in estimate(table, question(setting))}


def kinds(a, b):
    return {name: told.kind for name, told in comparability(a, b, derive).items()}


# --- one text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", known_kits())
def test_a_kit_written_out_is_the_same_kit(name):
    kit = shipped_kit(name)
    assert parse_kit(as_toml(kit.model_dump(mode="json", exclude_defaults=True)), "kit.toml") == kit


VALUES = st.recursive(
    st.text() | st.integers(-(2**53), 2**53) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_every_table_is_read_back_as_it_was_written(table):
    assert tomllib.loads(as_toml(table)) == table


def test_a_variant_states_only_what_differs_and_keeps_the_rest():
    made = variant(FORTY_FIVE)
    assert made.variant.decided_by == "Made-up ministry of water"
    assert made.title == {**WATER.title, "en": "A made-up variant"}
    rules, before = made.concepts["service_level"].rules, WATER.concepts["service_level"].rules
    assert (rules[3].when["minutes"].most, rules[4].when["minutes"].above) == (45, 45)
    assert rules[:3] + rules[5:] == before[:3] + before[5:]
    assert made.measures == WATER.measures
    assert {name: c for name, c in made.concepts.items() if name != "service_level"} == {
        name: c for name, c in WATER.concepts.items() if name != "service_level"
    }


def test_a_measure_is_changed_added_and_removed_by_its_id():
    made = variant(
        """
        [measures.WP_FUNCTIONAL]
        relevant_difference = 3.0
        [measures.WP_DRY]
        label.en = "Dry points"
        finding.en = "{value}"
        estimator = "proportion"
        numerator = { quantity = ["dry"] }
        denominator = { quantity = ["enough", "insufficient", "seasonal", "dry"] }
        """,
        POINTS,
        'remove = ["measures.PERSONS_PER_WORKING_POINT"]',
    )
    assert [m.id for m in made.measures][-2:] == ["WP_FUNCTIONAL_PERSONS", "WP_DRY"]
    assert made.measure("WP_FUNCTIONAL").relevant_difference == 3.0


def test_a_code_that_goes_leaves_every_condition_that_names_it():
    made = variant("", POINTS, 'remove = ["concepts.technology.codes.kiosk"]')
    assert "kiosk" not in made.concepts["technology"].codes
    assert all("kiosk" not in m.denominator.get("technology", ()) for m in made.measures)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD.format(of="water-point-functionality", remove="").replace("version", "versjon", 1), "version"),
        (HEAD.format(of=POINTS.id, remove="").replace("made-up-variant", POINTS.id), "an id of its own"),
        (HEAD.format(of=POINTS.id, remove="").replace("@1.0.0", "@9.0.0"), "version 1.0.0"),
        (HEAD.format(of=POINTS.id, remove='remove = ["concepts.colour"]'), "no such entry"),
        (HEAD.format(of=POINTS.id, remove='remove = ["concepts.status.codes.functional"]'), "no answer is left"),
        ('id = "x"\nversion = "1"\ntitle.en = "x"\n[variant]\nof = 3', "names the kit"),
        ("id = ", "TOML"),
    ],
)
def test_a_variant_that_cannot_be_is_refused_with_the_place_and_the_repair(text, told):
    with pytest.raises(BadRecipe, match=told):
        parse_variant(text, POINTS)


WORDS = st.sampled_from(
    [
        "concepts", "measures", "status", "technology", "codes", "functional", "label", "en", "rules", "1", "2",
        "least", "WP_FUNCTIONAL", "numerator", "denominator", "when", "codelists", "universe", "codelist", "asked_if",
        "count_of",
    ]
)  # fmt: skip
LEAVES = st.sampled_from(["functional", "x", 3, 2.5, True, ["functional"], ["x", 1], []])
BODIES = st.recursive(
    LEAVES, lambda inner: st.dictionaries(WORDS, inner, max_size=3) | st.lists(inner, max_size=2), max_leaves=8
)
PATHS = st.lists(st.lists(WORDS, min_size=1, max_size=4).map(".".join), max_size=2) | LEAVES


@given(st.dictionaries(WORDS, BODIES, max_size=3), PATHS)
def test_whatever_a_variant_says_it_gives_a_kit_or_a_reason(body, remove):
    own = {"id": "v", "version": "1", "title": {"en": "x"}, "variant": {"of": f"{POINTS.id}@1.0.0"}}
    text = as_toml({**own, "remove": remove, **body})
    try:
        told = parse_variant(text, POINTS).id
    except BadRecipe as problem:
        told = str(problem)
    assert told


def test_a_variant_of_a_variant_stands_on_both_and_none_stands_on_itself(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, of, body in ((first, "water-point-functionality", ""), (second, "./../first", "")):
        folder.mkdir()
        head = HEAD.format(of=of, remove="").replace("made-up-variant", folder.name)
        (folder / "variant.toml").write_text(head + body + "[disclosure]\nleast_n = 20\n", "utf-8")
    made = parse_kit(kit_text("./second", tmp_path), "kit.toml")
    assert (made.id, made.disclosure.least_n, made.variant.of) == ("second", 20, "./../first@1.0.0")
    assert kit_folder("./second@1.0.0", tmp_path) == second
    (first / "variant.toml").write_text(HEAD.format(of="./../second", remove=""), "utf-8")
    with pytest.raises(BadRecipe, match="departs from itself"):
        kit_text("./second", tmp_path)


def test_the_figures_of_a_variant_are_made_from_its_text_alone(tmp_path, own_home):
    """The expanded text goes into the bundle, so nobody needs the kit beside it."""
    folder = kit_folder("drinking-water-ladder")
    given = gather(folder / "recipe.toml", own_home)
    text = HEAD.format(of=WATER.id, remove="") + FORTY_FIVE
    recipe = given.recipe_text.replace("drinking-water-ladder@1.0.0", "./variant")
    ours, usual = figures(Inputs(recipe, expanded(text, WATER), given.files)), figures(given)
    share = ("WATER_AT_LEAST_BASIC", "ZZ", ())
    assert usual[share].value < ours[share].value
    assert {e.kit for e in ours.values()} == {"made-up-variant@1.0.0"}


# --- classes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", known_kits())
def test_a_kit_is_identical_with_itself_in_every_measure(name):
    kit = shipped_kit(name)
    assert set(kinds(kit, kit)) == {m.id for m in kit.measures}
    assert set(kinds(kit, kit).values()) == {"identical"}
    assert difference(kit, kit) == []


def test_one_changed_threshold_is_adjustable_and_explained_where_it_counts():
    made = variant(FORTY_FIVE)
    found = comparability(WATER, made, derive)
    touched = {name for name, told in found.items() if told.kind != "identical"}
    assert touched == {"WATER_AT_LEAST_BASIC", "WATER_LIMITED"}
    told = found["WATER_AT_LEAST_BASIC"]
    assert told.kind == "adjustable"
    reasons = " ".join(told.reasons)
    assert "30 became 45" in reasons
    assert "Minutes to go, get water and come back: 31" in reasons
    assert "counted as 0 of 1 by drinking-water-ladder, counted as 1 of 1 by made-up-variant" in reasons
    assert "the rule of either kit can be applied to the answers of the other" in reasons


def test_a_threshold_that_no_whole_number_tells_apart_is_identical():
    half = FORTY_FIVE.replace("45", "30.5")
    assert set(kinds(WATER, variant(half)).values()) == {"identical"}


def test_words_and_translations_do_not_touch_a_figure():
    made = variant('[concepts.minutes]\nlabel.en = "Minutes"\nquestion.es = "Otra"\nhint.en = "x"\nsynonyms = ["y"]')
    assert set(kinds(WATER, made).values()) == {"identical"}
    assert {change.formal for change in difference(WATER, made)} == {False}


def test_another_english_question_is_not_comparable_where_it_is_needed():
    found = kinds(WATER, variant('[concepts.minutes.question]\nen = "How far is it?"'))
    assert found["WATER_AT_LEAST_BASIC"] == "not_comparable"
    assert found["WATER_IMPROVED"] == "identical"


def test_a_finer_answer_that_counts_like_another_one_is_comparable():
    wet = list(POINTS.measure("WP_FUNCTIONAL").denominator["technology"])
    body = '[concepts.technology.codes.solar_pump]\nlabel.en = "Solar pump"\n'
    for measure in POINTS.measures:
        part = "denominator" if measure.denominator else "numerator"
        body += f"[measures.{measure.id}.{part}]\ntechnology = {[*wet, 'solar_pump']}\n"
    made = variant(body, POINTS)
    found = comparability(POINTS, made, derive)
    assert {told.kind for told in found.values()} == {"comparable"}
    assert "“Solar pump” of made-up-variant counts like" in found["WP_FUNCTIONAL"].reasons[0]
    # Seen from the other side, the kit lacks it and nothing else changes.
    assert set(kinds(made, POINTS).values()) == {"comparable"}


def test_an_answer_that_is_gone_and_counted_like_no_other_loses_information():
    made = variant("", POINTS, 'remove = ["concepts.status.codes.needs_repair"]')
    found = kinds(POINTS, made)
    # For the strict measure, points in need of repair count like those that do not work; for the wide one like others.
    assert found["WP_FUNCTIONAL"] == "comparable"
    assert found["WP_FUNCTIONAL_OR_REPAIR"] == "comparable"
    lost = variant("", POINTS, 'remove = ["concepts.status.codes.non_functional"]')
    assert kinds(POINTS, lost)["WP_FUNCTIONAL_OR_REPAIR"] == "not_comparable"


def test_dont_know_in_the_denominator_is_adjustable_since_it_was_recorded():
    body = '[measures.WP_FUNCTIONAL.denominator]\nstatus = ["functional", "needs_repair", "non_functional", "unknown"]'
    found = comparability(POINTS, variant(body, POINTS), derive)
    assert found["WP_FUNCTIONAL"].kind == "adjustable"
    assert "Not known" in " ".join(found["WP_FUNCTIONAL"].reasons)
    assert found["WP_FUNCTIONAL_OR_REPAIR"].kind == "identical"


def test_another_cut_of_a_scale_is_adjustable_and_reaches_the_mean_of_shares():
    kit = shipped_kit("responsive-decision-making")
    share = next(m for m in kit.measures if m.estimator == "proportion")
    ((concept, codes),) = share.numerator.items()
    made = variant(f"[measures.{share.id}.numerator]\n{concept} = {list(codes[:-1])}".replace("'", '"'), kit)
    found = kinds(kit, made)
    assert found[share.id] == "adjustable"
    mean = next(m for m in kit.measures if share.id in m.parts)
    assert found[mean.id] == "adjustable"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('[universe.text]\nen = "Private water points."', "Another universe"),
        ('[measures.WP_FUNCTIONAL]\nestimator = "total"', "formed otherwise"),
        ('[measures.WP_FUNCTIONAL]\nunit = "NUMBER"', "another unit"),
    ],
)
def test_other_people_or_another_formula_are_not_comparable(body, told):
    found = comparability(POINTS, variant(body, POINTS), derive)["WP_FUNCTIONAL"]
    assert found.kind == "not_comparable"
    assert told in " ".join(found.reasons)


def test_who_was_asked_can_be_narrowed_afterwards_but_not_widened():
    pumps, kiosks = (
        variant(f'[concepts.status.asked_if]\ntechnology = ["{kind}"]', POINTS) for kind in ("hand_pump", "kiosk")
    )
    found = comparability(POINTS, pumps, derive)["WP_FUNCTIONAL"]
    assert found.kind == "adjustable"
    assert (
        "apply the rule of made-up-variant to the answers collected with water-point-functionality" in found.reasons[-1]
    )
    found = comparability(pumps, kiosks, derive)["WP_FUNCTIONAL"]
    assert found.kind == "not_comparable"
    assert "not enough to apply the rule" in found.reasons[-1]


def test_measures_that_only_one_kit_has_are_not_comparable():
    assert set(kinds(WATER, POINTS).values()) == {"not_comparable"}


def test_one_direction_is_enough_to_adjust_and_is_named():
    """A kit that asks one thing more and uses it can be brought back to the other, not the other way round."""
    body = """
    [concepts.clean]
    label.en = "Clean"
    question.en = "Is the water clean?"
    codes = { yes = { label.en = "Yes" }, no = { label.en = "No" } }
    [measures.WP_FUNCTIONAL.numerator]
    clean = ["yes"]
    """
    found = comparability(POINTS, variant(body, POINTS), derive)["WP_FUNCTIONAL"]
    assert found.kind == "adjustable"
    assert (
        "apply the rule of water-point-functionality to the answers collected with made-up-variant" in found.reasons[-1]
    )


def test_long_questionnaires_are_compared_on_a_sample_of_answers():
    concepts = {
        f"c{k}": {"label": {"en": f"C{k}"}, "codes": POINTS.concepts["water_available"].codes} for k in range(12)
    }
    counted = {"label": {"en": "Sum"}, "kind": "number", "count_of": dict.fromkeys(concepts, ("yes",))}
    told = {code: {"label": {"en": code}} for code in ("many", "few")}

    def kit(least):
        rules = [{"code": "many", "when": {"groups": {"least": least}}}, {"code": "few"}]
        level = {"label": {"en": "Level"}, "codes": told, "rules": rules}
        measure = {"id": "M", "label": {"en": "M"}, "finding": {"en": "M"}, "estimator": "proportion"}
        measure |= {"numerator": {"level": "many"}, "denominator": {"level": ("many", "few")}}
        stated = POINTS.model_dump() | {"concepts": {**concepts, "groups": counted, "level": level}}
        return type(POINTS).model_validate(stated | {"measures": (measure,), "codelists": {}})

    assert kinds(kit(5), kit(4)) == {"M": "adjustable"}
    same = comparability(kit(5), kit(4.5), derive)["M"]
    assert same.kind == "identical"
    assert "20000 combinations of answers, drawn from all of them" in same.reasons[0]


def test_readings_that_become_days_by_another_rule_are_adjustable():
    kit = shipped_kit("particulate-matter")
    found = comparability(kit, variant("[readings]\nleast_hours = 12", kit), derive)
    assert {told.kind for told in found.values()} == {"adjustable"}
    assert "the raw readings are kept" in " ".join(next(iter(found.values())).reasons)


def test_a_scale_with_another_threshold_is_adjustable_and_with_other_items_is_not_comparable():
    items = {f"i{k}": {"label": {"en": f"I{k}"}, "codes": POINTS.concepts["water_available"].codes} for k in range(8)}

    def kit(**more):
        scale = {"items": {name: float(k) for k, name in enumerate(items)}, "threshold": "i4", **more}
        severe = {"label": {"en": "Severe"}, "kind": "number", "scale": scale}
        measure = {"id": "M", "label": {"en": "M"}, "finding": {"en": "M"}, "estimator": "mean", "value": "severe"}
        stated = POINTS.model_dump() | {
            "concepts": {**items, "severe": severe},
            "measures": (measure,),
            "codelists": {},
        }
        return type(POINTS).model_validate(stated)

    assert kinds(kit(), kit()) == {"M": "identical"}
    assert kinds(kit(), kit(threshold="i7")) == {"M": "adjustable"}
    fewer = {name: float(k) for k, name in enumerate(list(items)[:6])}
    assert kinds(kit(), kit(items=fewer)) == {"M": "not_comparable"}


VARIANTS = (
    FORTY_FIVE,
    FORTY_FIVE.replace("45", "30.5"),
    "[concepts.minutes]\nmost = 600",
    '[concepts.minutes.question]\nen = "How far is it?"',
    "[concepts.service_level.rules.7]\ncode = 'basic'",
    '[measures.WATER_LIMITED]\nsize = "minutes"',
)


@pytest.mark.parametrize("body", VARIANTS)
def test_the_class_is_the_same_seen_from_either_side(body):
    assert kinds(WATER, variant(body)) == kinds(variant(body), WATER)


def test_a_narrower_range_can_be_applied_afterwards_only():
    found = comparability(WATER, variant("[concepts.minutes]\nmost = 600"), derive)["WATER_LIMITED"]
    assert found.kind == "adjustable"
    assert found.reasons[-1].startswith(
        "Compute again: apply the rule of made-up-variant to the answers collected with"
    )


@pytest.mark.parametrize("body", VARIANTS[:2] + VARIANTS[4:])
def test_measures_that_are_called_identical_give_the_same_figures_on_the_example(body, own_home):
    given = gather(kit_folder("drinking-water-ladder") / "recipe.toml", own_home)
    text = HEAD.format(of=WATER.id, remove="") + body
    there = Inputs(given.recipe_text.replace(f"{WATER.id}@1.0.0", "./v"), expanded(text, WATER), given.files)
    found = [{key: (e.value, e.se, e.n) for key, e in figures(one).items()} for one in (given, there)]
    same = {name for name, kind in kinds(WATER, variant(body)).items() if kind == "identical"}
    assert len(same) >= 7
    for key, figure in found[0].items():
        assert key[0] not in same or found[1][key] == figure, key


def test_any_two_kits_can_be_compared():
    for one in known_kits():
        for other in known_kits():
            if one != other:
                found = comparability(shipped_kit(one), shipped_kit(other), derive)
                assert all(told.reasons for told in found.values())


def test_changes_are_said_in_plain_words_with_their_place():
    body = '[concepts.status.codes.shut]\nlabel.en = "Locked up"\n'
    said = [sentence(c) for c in difference(POINTS, variant(body, POINTS, 'remove = ["concepts.install_year"]'))]
    assert "An answer to “Does it work?”: added Locked up (concepts.status.codes.shut)" in said
    assert "The question or answer “Year it was built”: Year it was built is gone (concepts.install_year)" in said
    with speaking("es"):
        assert "¿Funciona?" in sentence(difference(POINTS, variant(body, POINTS))[-1])


# --- two organisations, one kit -----------------------------------------------------------------------------------


NOT_CELL_BY_CELL = {"events-register", "food-insecurity-experience"}
"""Without clusters each row is its own, known by its number in its file; a scale is fitted to all rows together."""


@pytest.mark.parametrize("name", sorted(set(known_kits()) - NOT_CELL_BY_CELL))
def test_two_organisations_with_one_kit_merge_without_any_mapping(name, own_home):
    given = gather(kit_folder(name) / "recipe.toml", own_home)
    rows = list(csv.DictReader(io.StringIO(given.files["example.csv"].decode("utf-8"))))
    clusters = sorted({row["cluster"] for row in rows})
    shares = [[r for r in rows if clusters.index(r["cluster"]) % 2 == side] for side in (0, 1)]
    together, cells_together = counted(given)
    files = [
        {**given.files, "example.csv": _file(part, back)} for part, back in zip(shares, (False, True), strict=True)
    ]
    (_ours, one), (_theirs, other) = (counted(Inputs(given.recipe_text, given.kit_text, each)) for each in files)
    assert min(one.num_rows, other.num_rows) > 0
    merged = merge([one, other])
    assert merged.equals(cells_together)
    asked = question(together)
    assert estimate(merged, asked) == estimate(cells_together, asked)


def test_two_registers_of_events_add_up(own_home):
    given = gather(kit_folder("events-register") / "recipe.toml", own_home)
    rows = list(csv.DictReader(io.StringIO(given.files["example.csv"].decode("utf-8"))))
    files = [{**given.files, "example.csv": _file(part, True)} for part in (rows[::2], rows[1::2])]
    parts = [counted(Inputs(given.recipe_text, given.kit_text, each))[1] for each in files]
    setting, together = counted(given)
    asked = question(setting)
    assert estimate(merge(parts), asked) == estimate(together, asked)


def _file(rows, backwards):
    names = list(reversed(rows[0])) if backwards else list(rows[0])
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8")
