"""What every failure has: a code, facts, and a text in the current language."""

from __future__ import annotations

from typing import Any, ClassVar

from datashift.language import N_, _


class DataShiftError(Exception):
    """A failure with a code, facts, and a repair in plain words.

    Raise it with the code of an entry in `texts` and the facts that its text names.
    """

    exit_code: ClassVar[int] = 1
    texts: ClassVar[dict[str, str]] = {}

    def __init__(self, code: str, /, **facts: Any) -> None:
        if code not in self.texts:
            raise KeyError(f"{type(self).__name__} has no text for the code {code}")
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return _(self.texts[self.code]).format(**self.facts)

    def as_dict(self) -> dict[str, Any]:
        """Return code, text in the current language and facts, ready for JSON."""
        return {"code": self.code, "text": str(self), "facts": {k: str(v) for k, v in self.facts.items()}}


class InputError(DataShiftError):
    """The sender can fix it."""

    exit_code = 2


class DesignError(DataShiftError):
    """The data cannot answer the question."""

    exit_code = 3
    texts: ClassVar[dict[str, str]] = {
        "estimate.lonely-stratum": N_(
            "The stratum {stratum} has one cluster only, so its spread is unknown. Join it with a neighbouring "
            "stratum, or choose a rule (lonely = adjust, average or certainty) in the recipe."
        ),
        "estimate.lonely-unit": N_(
            "{count} units of stage {stage} − 1 have one unit of stage {stage} only, so the spread inside them is "
            "unknown. Choose a rule (lonely = adjust, average or certainty), or leave out the later stages."
        ),
        "estimate.fpc-differs": N_(
            "The finite population correction of stage {stage} is missing in some rows, or differs between rows of the "
            "same stratum. It must be the number of units in the population of the stratum, or the share drawn."
        ),
        "estimate.fpc-small": N_(
            "The finite population correction of stage {stage} says that fewer units exist than were drawn. Check the "
            "column: it holds the number of units in the population of each stratum, or the share drawn (at most 1)."
        ),
        "estimate.cells-strata": N_(
            "The new rows put a stratum into a second group of a breakdown that had one group per stratum so far. "
            "Make the cells anew from all rows."
        ),
        "estimate.empty-table": N_("The table has no rows."),
        "estimate.no-weight": N_(
            "{count} rows have no number in the weight column “{column}”. Correct them, or leave these rows out."
        ),
        "estimate.negative-weight": N_("The weight column “{column}” has values below zero. Correct them."),
        "estimate.no-unit": N_(
            "Some rows have nothing in the column “{column}”, so their stratum or cluster is not known. Complete them."
        ),
        "scale.few": N_(
            "Only {n} people with complete answers said yes to some but not all questions of the scale; at least "
            "{least} are needed to tell how severe each question is here. Ask more people."
        ),
        "scale.one-sided": N_(
            "Everybody who said yes to some but not all questions gave the same answer to {items}, so the scale cannot "
            "be brought to the global standard. Ask more people."
        ),
        "scale.not-common": N_(
            "Only {common} of {items} questions are as severe here, relative to each other, as on the global standard; "
            "at least {least} are needed. The figure would not be comparable. Check the wording and the translation "
            "of: {unique}."
        ),
        "ladder.universe": N_(
            "The answers are from “{ours}”, the survey is about “{theirs}”. These are not the same people. Take out "
            "of both what the other leaves out, and say in the same words whom each is about."
        ),
        "ladder.not-shared": N_(
            "Both sources must know the same things about people to be compared. Not in both: {columns}. Bring these "
            "columns to the same names and codes, or choose others."
        ),
        "ladder.no-overlap": N_(
            "For {share} of the population ({cells}) there is nobody, or almost nobody, who took part. Their answers "
            "cannot be guessed from the others. Ask some of them, join them with a group that is like them, or "
            "limit the figure to those who had a chance to take part."
        ),
        "ladder.outside-survey": N_(
            "In the column {column} those who took part have {groups}, which the survey does not know. Bring both to "
            "the same codes, or leave these people out of the figure and say so."
        ),
        "ladder.apart": N_(
            "{columns} separate those who took part from everybody else so fully that nobody is left to compare. "
            "Join groups, or leave out the column that separates them."
        ),
        "ladder.few": N_(
            "The answers are worth only {n} answers (effective sample size); at least {least} are needed. Ask more "
            "people, above all of the groups that are rare among the answers."
        ),
        "ladder.few-in-survey": N_(
            "The survey is worth only {n} answers (effective sample size); at least {least} are needed. Take a larger "
            "survey, or a larger area."
        ),
        "ladder.survey-gaps": N_(
            "Survey rows that stand for {share} of the population lack one of the columns. Fill the gaps, or choose "
            "columns that nearly everybody answered."
        ),
        "ladder.weights-not-totals": N_(
            "The survey weights add up to {total}. That is not a population. Multiply them so that they add up to the "
            "number of people the survey is about."
        ),
        "ladder.covariates-say-the-same": N_(
            "Two of these columns say the same, or one is the same for everybody: {columns}. Leave one out."
        ),
        "ladder.no-outcome-model": N_(
            "From {n} answers it cannot be learnt how the answer depends on the columns: all are the same, a group "
            "answered all alike, or yes and no are not written as 1 and 0. Use fewer columns, join groups, or choose "
            "the linear model."
        ),
        "ladder.outside-bounds": N_(
            "The corrected share would be {value} per cent, which cannot be. The two models contradict each other. Use "
            "fewer columns, or join groups."
        ),
        "ladder.pairs": N_(
            "How far this source is usually off would be learnt from {pairs} figures; at least {least} that both "
            "sources have are needed. Add indicators, areas or years where both exist."
        ),
        "ladder.no-figure": N_(
            "A cell has no figure of the second source, or no standard error, or a share of 0 or 100 per cent. "
            "Leave the cell out, or add both."
        ),
        "ladder.n-above-population": N_(
            "{n} answers do not come from {population} people as a sample of them. Check both numbers, and that they "
            "are about the same people."
        ),
        "ladder.benchmark-without-spread": N_(
            "The official share is 0 or 100 per cent, so nobody can differ from anybody. Choose another question."
        ),
        "ladder.network": N_(
            "People were found through people. How likely it was to reach each of them is not known, and no column can "
            "make up for that. Report what was said as what these people say. For a figure, ask each how many they "
            "know and who invited them, and use a tool for respondent-driven sampling."
        ),
        "ladder.published": N_(
            "Averages that somebody published have no spread to learn from, so there is no interval. Ask for the "
            "standard errors and the number of answers, or for the answers themselves."
        ),
        "ladder.exposure": N_(
            "A count of known events is a lower bound, and no rate can be formed from it without knowing how many were "
            "watched, and for how long. Add that column, or publish the count as “at least”. With two or three "
            "independent lists, what all of them missed can be estimated elsewhere (capture–recapture)."
        ),
        "ladder.sensors": N_(
            "No sensor stood beside a reference instrument, so its level is not known. Publish changes over time at "
            "the same place, or place some sensors beside a reference and calibrate them."
        ),
        "calibrate.no-weight": N_(
            "No row has a weight above 0, so there is nothing to bring to known totals. Check the column with the "
            "weights."
        ),
        "calibrate.missing-value": N_(
            "Some rows have no value in {variable}, so they belong to none of its known totals. Fill the column in, or "
            "give these rows a category of their own that has a total."
        ),
        "calibrate.unknown-value": N_(
            "The column {variable} holds values without a known total: {values}. Add their totals, or bring the values "
            "to the categories that have one."
        ),
        "calibrate.empty-category": N_(
            "There are known totals of {variable} = {categories}, but no row with a weight has this value. Join it "
            "with a neighbouring category, in the rows and in the totals."
        ),
        "calibrate.not-a-total": N_(
            "The totals of {variable} must be numbers from 0 up, with a sum above 0. Correct: {categories}."
        ),
        "calibrate.different-sums": N_(
            "The totals of {first} add up to {sum}, those of {second} to {other}. Both count the same people, so take "
            "totals of the same day and the same population."
        ),
        "calibrate.not-reached": N_(
            "With factors between {lower} and {upper} the weights cannot reach: {totals}. Widen the bounds, join small "
            "categories, or leave out a margin."
        ),
        "calibrate.trim-not-reached": N_(
            "With no weight above {trim} times the mean weight, the weights cannot reach: {totals}. Raise trim, join "
            "small categories, or leave out a margin."
        ),
        "calibrate.trim-against-bounds": N_(
            "A weight above {trim} times the mean weight would have to shrink to less than {lower} of itself. Raise "
            "trim, or lower the lower bound."
        ),
        "calibrate.contradiction": N_(
            "No weights reach these known totals together: {totals}. Check that they describe the same population, "
            "join small categories, or leave out a margin."
        ),
        "calibrate.only-at-the-bound": N_(
            "The known totals can be reached only where some rows count for nothing. Join small categories, leave out "
            "a margin, or choose linear calibration with bounds that begin at 0."
        ),
        "replicates.not-two": N_(
            "Balanced replicates (brr) need two clusters in every stratum, but the stratum {stratum} has {clusters}. "
            "Choose jackknife or bootstrap."
        ),
        "replicates.lonely-stratum": N_(
            "The stratum {stratum} has one cluster only, so its spread is unknown. Join it with a neighbouring "
            "stratum, or choose a rule (lonely = average or certainty; with the jackknife also adjust)."
        ),
        "replicates.lonely-rule": N_(
            "With brr and bootstrap the rule lonely = adjust has no meaning. Choose average or certainty, or the "
            "jackknife."
        ),
        "replicates.fpc": N_(
            "Balanced replicates (brr) cannot take account of the share of clusters drawn. Leave out fpc, or choose "
            "jackknife or bootstrap."
        ),
        "replicates.too-many": N_(
            "{clusters} clusters with {count} replicates need more memory than is sensible. Leave out replicates (the "
            "linearised variance needs none), or choose a bootstrap with fewer."
        ),
        "replicates.scale-unknown": N_(
            "How the {count} replicate weights were made is not stated. Give scale: 1 / {count} for balanced "
            "replicates (BRR), 4 / {count} for successive differences, 1 / ({count} - 1) for a bootstrap; or rho "
            "(Fay); or rscales for a jackknife in strata, (n - 1) / n per replicate."
        ),
        "replicates.rscales-differ": N_(
            "There are {count} replicate weights but {given} rscales. Give one for each, in the same order."
        ),
        "estimate.no-rows": N_("No row is left to estimate from: {explained} rows of {rows_in} are explained."),
    }


class SourceUnavailable(DataShiftError):
    """A source is not there now."""

    exit_code = 4
    texts: ClassVar[dict[str, str]] = {
        "source.not-at-hand": N_(
            "{file} is not beside the recipe and not in the store. Get it from {address} (SHA-256 {sha256}), "
            "or run: datashift demo --download"
        ),
        "source.not-beside": N_(
            "{recipe} names the file {file}, but it is not in the same folder. Put it there, or correct its name in "
            "the recipe."
        ),
        "source.download": N_("{address} could not be fetched: {problem}. Try again later."),
        "source.engine": N_(
            "{engine} did not answer the question: {problem}. Check that it is running, the address and your rights."
        ),
        "source.no-store": N_(
            "Nothing can be written to {folder}: {problem}. Free some space or choose another folder."
        ),
        "source.damaged": N_(
            "{file} was changed after it was stored: it no longer fits what was noted about it. "
            "Move its folder away and fetch {source} again."
        ),
    }
