"""What pooled figures say in plain words: how sure, how far the sources differ, what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from datashift.language import N_, _
from datashift.numbers import THIN, amount, places, said
from datashift.pooling.scales import Scale, back

if TYPE_CHECKING:
    from datashift.pooling.pooled import Pool, Pooled
    from datashift.pooling.source_bias import SourceBias

TYPES = {
    "probability": N_("survey drawn by chance"),
    "quota": N_("quota sample"),
    "snowball": N_("snowball sample"),
    "rds": N_("respondent-driven sample"),
    "small_area_census": N_("census of a small area"),
    "volunteer": N_("volunteers"),
    "sensor_network": N_("sensors"),
    "event_registry": N_("register of events"),
    "facility_register": N_("register of facilities"),
    "published_averages": N_("published averages"),
    "undocumented": N_("undocumented source"),
}

REASONS = {
    "": N_("Pooled."),
    "time": N_("It is of another time ({period}). For several times, use: datashift trend."),
    "lower-bound": N_(
        "It counts events that became known, a lower bound, and cannot be averaged. Show it beside the pooled figure."
    ),
    "averages": N_(
        "It gives averages that somebody published; how far the answers behind them differ is not known. Ask for the "
        "answers."
    ),
    "no-value": N_("It has no value."),
    "no-uncertainty": N_(
        "Its uncertainty is not known. Give its standard error, its interval, or, for a share of a simple random "
        "sample, its number of answers (n)."
    ),
    "few": N_("It is worth {answers} answers only (effective sample size); {least} are needed. Ask more people."),
    "definition": N_(
        "It is about something else: “{own}”, the others about “{others}”. Bring it to the same definition and "
        "population, or pool it apart."
    ),
    "no-common-definition": N_(
        "The sources are about different things, “{own}” and others, and none is the common one. Pool them apart: name "
        "the column with --by."
    ),
    "register": N_(
        "It is a register, and there are surveys. A register knows those who came to it, a survey asks others too: "
        "they are never pooled. Compare them."
    ),
    "duplicate": N_("It is the same figure again (value, uncertainty and people), and is counted once."),
    "alone": N_("No other comparable source is left to pool it with. Find a second one of this place and time."),
}

AGREEMENT = {
    "agree": N_("The {k} sources differ no more than their margins of error allow."),
    "differ": N_("The {k} sources differ by more than chance."),
    "cannot_tell": N_("The {k} sources differ. Whether by more than chance cannot be told from so few."),
}
AHEAD = N_("One more source could show {lower} to {upper}.")

WARNINGS = {
    "no-anchor": N_(
        "None of these sources was drawn by chance. If all are off in the same direction, the pooled figure is off as "
        "well, and the interval does not show it."
    ),
    "not-corrected": N_(
        "How far these sources are usually off is not known, so they were pooled as they are: {types}. To learn it, "
        "{least} cells are needed where a survey drawn by chance stands beside them. At hand: {cells}."
    ),
    "left-as-they-are": N_("As asked, nothing was corrected for: {types}. They may be off in the same direction."),
    "shared-people": N_("Pairs of sources that asked the same people, which was taken into account: {pairs}."),
}

ASSUMPTIONS = {
    "srs": N_("Sources with n only, taken to be simple random samples, which is the best case: {count}."),
    "interval": N_("Sources with an interval, half of which is taken for a normal margin of error: {count}."),
    "definition": N_("Sources that do not say what they are about, taken to be about the same: {count}."),
    "unit": N_("All values lie between 0 and 1, so they are read as shares."),
    "floor": N_(
        "The factor of Hartung and Knapp came out below 1 and was set to 1: the interval is kept as wide as the "
        "sources' own uncertainty and their differences make it."
    ),
    "corrected": N_(
        "Sources not drawn by chance were moved by what their type is usually off and widened by how much that varies "
        "({types}). This holds if they are off here as elsewhere, and if surveys drawn by chance are not off."
    ),
    "fixed": N_("All sources are taken to measure exactly the same value (fixed effect)."),
    "overlap": N_("Sources of one overlap group without a number: the smaller is taken to lie inside the larger."),
}

SENTENCE = N_("{cell}: {figure}, pooled from {k} sources.")
REFUSED = N_("{cell}: nothing can be pooled. {why}")
TOO_FEW = N_("Sources that can be compared: {left} of {rows}. Two are needed.")
MANY = N_("{pooled} figures pooled from {sources} sources; {refused} cells cannot be pooled.")
ONLY = N_("{pooled} figures pooled from {sources} sources.")
NONE = N_("Nothing can be pooled: no cell has two sources that can be compared.")

LEARNT = N_(
    "{type}: usually {points} against surveys drawn by chance, and off by about {spread} more from case to case; "
    "learnt from {pairs} figures in {cells} cells."
)
NOT_LEARNT = N_(
    "{type}: not corrected. To learn how far such sources are off, {least} cells with a survey drawn by chance beside "
    "them are needed. At hand: {cells}."
)


def type_word(source_type: str) -> str:
    """Return a type of source in the current language."""
    return _(TYPES.get(source_type, source_type))


def reason(code: str, facts: Mapping[str, Any]) -> str:
    """Say why a source was left out, and what to do."""
    return _(REASONS[code]).format(**facts)


def warning(code: str, facts: Mapping[str, Any]) -> str:
    """Say what the interval of a figure does not show."""
    types = ", ".join(type_word(kind) for kind in facts.get("source_types", ()))
    return _(WARNINGS[code]).format(**{**facts, "types": types})


def assumption(code: str, facts: Mapping[str, Any]) -> str:
    """Say on what a figure rests."""
    types = ", ".join(type_word(kind) for kind in facts.get("source_types", ()))
    return _(ASSUMPTIONS[code]).format(**{**facts, "types": types})


def figure(pooled: Pooled) -> str:
    """Return the pooled figure with its interval; shares in per cent."""
    per, unit = _display(pooled.unit)
    lower, upper = (None if end is None else end * per for end in (pooled.lower, pooled.upper))
    return amount((pooled.value or 0.0) * per, lower, upper, unit)


def agreement(pooled: Pooled) -> str:
    """Say whether the sources differ by more than chance, and what one more could show."""
    if not pooled.agreement:
        return ""
    text = _(AGREEMENT[pooled.agreement]).format(k=said(pooled.k))
    if pooled.prediction_lower is None or pooled.prediction_upper is None or pooled.agreement == "agree":
        return text
    per, sign = _display(pooled.unit)
    low, high = pooled.prediction_lower * per, pooled.prediction_upper * per
    decimals = places((low + high) / 2, low, high)
    mark = f"{THIN}%" if sign == "PT" else ""
    ahead = _(AHEAD).format(lower=said(low, decimals), upper=said(high, decimals) + mark)
    return f"{text} {ahead}"


def sentence(pooled: Pooled) -> str:
    """Return the answer of one cell: what is known, how sure, what is not known."""
    if pooled.value is None:
        left = sum(not d.reason or d.reason == "alone" for d in pooled.decisions)
        why = _(TOO_FEW).format(rows=said(len(pooled.decisions)), left=said(left))
        return _(REFUSED).format(cell=pooled.name or _("All rows"), why=why)
    first = _(SENTENCE).format(cell=pooled.name or _("All rows"), figure=figure(pooled), k=said(pooled.k))
    return " ".join([first, agreement(pooled), *(warning(code, facts) for code, facts in pooled.warnings)])


def finding(pool: Pool) -> str:
    """Return the first line about a table."""
    pooled = [cell for cell in pool.cells if cell.value is not None]
    if len(pooled) == 1 or len(pool.cells) == 1:
        return sentence((pooled or pool.cells)[0])
    if not pooled:
        return _(NONE)
    facts = {"pooled": said(len(pooled)), "sources": said(sum(cell.k for cell in pooled))}
    refused = len(pool.cells) - len(pooled)
    return _(MANY).format(**facts, refused=said(refused)) if refused else _(ONLY).format(**facts)


def bias(found: SourceBias, pool: Pool) -> str:
    """Say how far a type of source is usually off, in points at the usual level of the anchors."""
    kind = " · ".join(filter(None, [found.indicator, type_word(found.source_type)]))
    if not found.learnt:
        return _(NOT_LEARNT).format(type=kind, cells=said(found.cells), least=said(found.least))
    unit, scale = next(((cell.unit, cell.scale) for cell in pool.cells), ("number", "raw"))
    points, spread = (_points(found, size, unit, scale) for size in (found.bias, found.spread))
    sign = "+" if points > 0 else ""
    return _(LEARNT).format(
        type=kind, points=sign + said(points, 1), spread=said(abs(spread), 1), pairs=said(found.pairs),
        cells=said(found.cells),
    )  # fmt: skip


def _points(found: SourceBias, size: float, unit: str, scale: str) -> float:
    """Return a distance on the scale as points of a share at the usual level of the anchors, or as a number."""
    if scale == "raw":
        return size * (1 if unit == "number" else 100)
    plain: Scale = "logit" if scale == "logit" else "arcsine"
    return 100 * float(back(found.usual + size, plain) - back(found.usual, plain))


def _display(unit: str) -> tuple[float, str]:
    """Return by what a value is multiplied for people, and the unit that `amount` knows."""
    return {"percent": (1.0, "PT"), "share": (100.0, "PT")}.get(unit, (1.0, ""))
