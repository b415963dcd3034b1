"""What the coverage matrix says in words: the finding, three sentences, and the names of rows and columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from datashift.coverage.gaps import Gap
from datashift.coverage.groups import group_label
from datashift.coverage.matrix import Coverage
from datashift.coverage.view import EMPTY, View
from datashift.language import N_, _, label
from datashift.numbers import THIN, in_digits, said
from datashift.standards.areas import area_label, world

WHO = {
    "both": N_("citizens and officially"),
    "citizens": N_("citizens"),
    "official": N_("officially"),
    "part": N_("in part only"),
    "hidden": N_("counted, but hidden"),
    "modelled": N_("modelled only"),
    "nobody": N_("nobody"),
}

LABELS = {
    "on_track_or_met": N_("on track or met"),
    "fair_progress": N_("fair progress"),
    "stagnation_or_regression": N_("stagnation or regression"),
    "met": N_("target met"),
    "not-met": N_("target not met"),
    "": N_("no label"),
}
RULES = {
    "un-chart": N_("three classes of the UN Progress Chart"),
    "met": N_("target met or not"),
}
REASONS = {
    "no-interview": N_("interviews cannot tell it"),
    "no-figure": N_("there are figures of its parts only"),
    "not-a-share": N_("its figures are no shares, so the noise of a survey is not known"),
    "hidden": N_("its figures are hidden, since too few answered"),
    "never": N_("never counted: any answer is news"),
    "no-target": N_("the framework states no target for it that a share can be held against"),
    "no-outlook": N_("its figures are too few to foretell it"),
    "no-label": N_("no rule labels such figures"),
}

NOBODY_YEARS = N_("In the sources at hand, nobody has counted {count} of {all} indicators in {area} in {years}.")
NOBODY_AREAS = N_(
    "In the sources at hand, nobody has counted {count} of {all} indicators in any of {areas} places in {years}."
)
NOBODY_GROUPS = N_(
    "In {area}, the sources at hand have not counted {count} of {all} groups that the indicators ask for in {years}."
)
MODELLED = N_("For {count} of them there are modelled values: they are not counts.")
SUMS = N_(
    "Of {all} cells, {both} were counted by citizens and officially, {citizens} by citizens, {official} officially, "
    "{part} in part; {hidden} are hidden, {modelled} modelled only, {nobody} empty."
)
EMPTIEST = N_("Emptiest is {name}: nobody counted {count} of {all}.")
OLDEST = N_("The oldest last count: {name}, {year}.")
FOOT = N_("Counted by: {producers}. A modelled value is no count. Method: docs/reference/coverage.md")
MORE = N_("{names} and {count} more")


def indicator_name(coverage: Coverage, code: str) -> str:
    """Return code and short label of an indicator in the current language."""
    return f"{in_digits(code)} {label(coverage.framework.entry(code).label)}"


def area_name(coverage: Coverage, area: str) -> str:
    """Return the name of an area, in the current language where it is a country."""
    return area_label(world()[area]) if area in world() else coverage.areas.get(area, area)


def column_name(coverage: Coverage, view: View, column: object) -> str:
    """Return the name of a column: a year, an area or a group."""
    if view.across == "years":
        return in_digits(str(column))
    return area_name(coverage, str(column)) if view.across == "areas" else group_label(str(column))


def finding(coverage: Coverage, view: View) -> str:
    """Return the finding of a picture as one sentence."""
    facts = {"years": _span(coverage)}
    if view.across == "groups":
        empty = sum(cell.who in EMPTY for cell in view.cells)
        area = area_name(coverage, view.area)
        return _(NOBODY_GROUPS).format(area=area, count=said(empty), all=said(len(view.cells)), **facts)
    counts = {"count": said(len(view.uncounted)), "all": said(len(view.rows))}
    if view.across == "areas":
        return _(NOBODY_AREAS).format(**counts, areas=said(len(view.columns)), **facts)
    return _(NOBODY_YEARS).format(**counts, area=area_name(coverage, view.area), **facts)


def modelled(view: View) -> str:
    """Return how many of what nobody counted (indicators, or groups) have modelled values; "" where none has."""
    rows = [[cell] for cell in view.cells] if view.across == "groups" else [view.rows[code] for code in view.uncounted]
    some = sum(any(cell and cell.who == "modelled" for cell in cells) for cells in rows)
    return _(MODELLED).format(count=said(some)) if some else ""


def sentences(coverage: Coverage, view: View) -> str:
    """Return the text twin: cells by who counted them, where nobody counts most, and the oldest last count."""
    sums = Counter(cell.who for cell in view.cells)
    told = [_(SUMS).format(all=said(len(view.cells)), **{who: said(sums[who]) for who in WHO})]
    columns = {k: [cells[k] for cells in view.rows.values() if cells[k]] for k in range(len(view.columns))}
    empty = {k: sum(cell.who in EMPTY for cell in cells if cell) for k, cells in columns.items()}
    if any(empty.values()):
        worst = max(empty, key=lambda k: (empty[k], k))
        name = column_name(coverage, view, view.columns[worst])
        told.append(_(EMPTIEST).format(name=name, count=said(empty[worst]), all=said(len(columns[worst]))))
    if view.oldest:
        code, year = view.oldest
        told.append(_(OLDEST).format(name=indicator_name(coverage, code), year=in_digits(str(year))))
    return " ".join(told)


def subtitle(coverage: Coverage, view: View) -> str:
    """Return where, for whom and when a picture speaks of."""
    place = [area_name(coverage, view.area)] if view.area else []
    people = [group_label(view.group)] if view.across != "groups" else []
    return " · ".join([*place, *people, _span(coverage)])


def _span(coverage: Coverage) -> str:
    return in_digits("–".join(dict.fromkeys(map(str, coverage.years))))


def foot(view: View, most: int = 5) -> str:
    """Return who counted, the most frequent first."""
    names: Sequence[str] = view.producers[:most]
    text = "; ".join(names) or "–"
    more = len(view.producers) - len(names)
    return _(FOOT).format(producers=_(MORE).format(names=text, count=said(more)) if more > 0 else text)


def chance_said(gap: Gap) -> str:
    """Return the chance of a gap in per cent, – where it cannot be told."""
    return "–" if gap.chance is None else said(100 * gap.chance) + f"{THIN}%"
