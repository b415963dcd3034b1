"""Series of years and tables of areas: what a file must hold, and what it is too thin for."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import DesignError, InputError
from datashift.language import N_


class BadSeries(InputError):
    """A table of years or areas cannot be used as it is, or an option contradicts it."""

    texts: ClassVar[dict[str, str]] = {
        "trend.no-column": N_("{file} has no column “{column}”. The nearest names are: {near}."),
        "trend.not-a-number": N_(
            "{file}, row {row}: “{value}” in the column “{column}” is not a number. Write it with digits and a decimal "
            "point, or leave the cell empty."
        ),
        "trend.not-a-year": N_(
            "{file}, row {row}: “{value}” is not a year. Write 2015, 2015-07 or 2015-07-31; for a span of years, write "
            "its middle, such as 2015.5."
        ),
        "trend.direction": N_("“{direction}” is not a direction. Say up where rising is good, or down."),
        "trend.year-twice": N_(
            "The year {year} stands there more than once. Bring its values together first (datashift pool), or name "
            "the column that tells the rows apart with --by."
        ),
        "trend.no-error": N_(
            "The standard error is missing or not above 0 in: {years}. Complete it, or leave standard errors out."
        ),
        "trend.outside": N_(
            "The values reach from {least} to {most}, but only {low} to {high} is possible. Check the unit (per cent "
            "or share), or state other bounds."
        ),
        "smooth.area-twice": N_(
            "Every row must be one area of its own. In the column “{column}” these stand more than once, or a name is "
            "missing: {areas}."
        ),
        "smooth.no-population": N_(
            "To bring areas to the level above, the population of every area is needed, as a number above 0. Name its "
            "column with --population, and complete it."
        ),
        "smooth.benchmark-outside": N_(
            "The figure of the level above is {total}; it must lie between {low} and {high}, like the areas. Check its "
            "unit: per cent or share."
        ),
        "smooth.odds-without-bounds": N_(
            "Odds can be moved for shares only. State the unit (PT for per cent), or choose ratio or difference."
        ),
    }


class TooThin(DesignError):
    """The years or areas at hand cannot carry the answer."""

    texts: ClassVar[dict[str, str]] = {
        "trend.one-year": N_(
            "A trend needs two years with a value; here there are {years}. Add an earlier or later one."
        ),
        "smooth.no-error": N_(
            "{count} areas have a direct estimate but no standard error above 0: {areas}. Give the standard error, or "
            "leave the direct estimate empty; the area is then estimated from the others."
        ),
        "smooth.no-covariate": N_(
            "The covariate “{covariate}” is missing for: {areas}. It must be known for every area. Complete it, or "
            "leave it out."
        ),
        "smooth.few-areas": N_(
            "{areas} areas have a direct estimate; with {covariates} covariates at least {least} are needed to see how "
            "much areas differ. Use fewer covariates, or report the direct estimates."
        ),
        "smooth.same-covariate": N_(
            "The covariate “{covariate}” is the same for all areas with a direct estimate, or follows from the "
            "covariates before it. Leave it out."
        ),
        "smooth.at-bound": N_(
            "The direct estimate lies at or beyond a bound ({low} or {high}) in: {areas}. Such an area seems to have "
            "no spread, and its standard error says nothing. Leave its estimate empty, so that it is estimated from "
            "the others, or give counts and use the pooling of areas and sources."
        ),
        "smooth.year-without-error": N_(
            "Each observation needs a year, a value and a standard error above 0. Something is missing in: {years}."
        ),
        "smooth.year-at-bound": N_(
            "A share lies at or beyond a bound ({low} or {high}) and has no logit. Leave that year out; the curve then "
            "bridges it."
        ),
        "smooth.few-years": N_(
            "The {years} years at hand are too few to see how the level moves; at least {least} observations in years "
            "of their own are needed. Fit a straight line instead (datashift trend)."
        ),
        "smooth.no-anchor": N_(
            "No source is an anchor that counts as right on average. The source types are: {kinds}. Name one that was "
            "drawn by chance; without it nobody can tell bias from truth."
        ),
        "smooth.few-pooled": N_(
            "{areas} areas have data, and at least {least} are needed to see how much areas differ. Report each area "
            "on its own."
        ),
        "smooth.no-meeting": N_(
            "The source type “{kind}” meets a survey drawn by chance in {shared} areas only; its bias can be learnt "
            "from {least} or more. Leave it out, or add a survey where it was active."
        ),
        "smooth.not-a-count": N_(
            "A share must lie between 0 and 1 and its number of answers must be 0 or more. That is not so in: {areas}."
        ),
        "smooth.ratio-of-zero": N_(
            "The weighted mean of the areas is 0, so no factor brings it to the level above. Choose difference."
        ),
        "smooth.beyond-bounds": N_(
            "Moved by {how}, an area would leave the possible range. Choose odds, which cannot."
        ),
    }
