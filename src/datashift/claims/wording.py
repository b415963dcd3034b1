"""The sentences of claims: one whole sentence per kind and grade, since in most languages the verb changes all of it.

No sentence names a cause, a fault or the future: there is no template to say it with.
"""

from __future__ import annotations

from typing import Literal

from datashift.language import N_

Grade = Literal["shows", "suggests", "is consistent with", "cannot tell", "cannot be compared"]

STRENGTH: tuple[Grade, ...] = ("cannot be compared", "cannot tell", "is consistent with", "suggests", "shows")
"""The grades, the weakest first."""

WORDS: dict[Grade, str] = {
    "shows": N_("shows"),
    "suggests": N_("suggests"),
    "is consistent with": N_("is consistent with"),
    "cannot tell": N_("cannot tell"),
    "cannot be compared": N_("cannot be compared"),
}

# --- levels ---------------------------------------------------------------------------------------------------------

FINDING = N_("Citizen data show: {finding}")
LEVEL = N_("Citizen data show about {value} in {area}, {period} ({lower} to {upper}): “{measure}”.")
WEAK_LEVEL = N_("Citizen data suggest about {value} in {area}, {period}: “{measure}”.")
ANSWERED = N_("Among the people who answered in {area}, {period} (answers: {n}), it is about {value}: “{measure}”.")
VISITED = N_("Among the places visited in {area}, {period} (visits: {n}), it is about {value}: “{measure}”.")
COUNTED = N_("Among all that was counted in {area}, {period} ({n} in all), it is about {value}: “{measure}”.")
SENSORS = N_("At the places with a sensor in {area}, {period}, it is about {value}: “{measure}”.")
EVENTS = N_("At least {value} became known in {area}, {period}: “{measure}”.")
REGISTER = N_("In the register for {area}, {period} (entries: {n}), it is about {value}: “{measure}”.")
AVERAGES = N_("The published averages for {area}, {period}, give about {value}: “{measure}”.")
UNKNOWN = N_("Citizen data cannot tell the level in {area}, {period}: “{measure}”.")

# --- beside an official figure --------------------------------------------------------------------------------------

MORE = {
    "shows": N_(
        "Citizen data for {area}, {period}, show {size} more than the official figure ({source}), between {lower} and "
        "{upper}: “{measure}”."
    ),
    "suggests": N_(
        "Citizen data for {area}, {period}, suggest {size} more than the official figure ({source}), between {lower} "
        "and {upper}: “{measure}”."
    ),
}
LESS = {
    "shows": N_(
        "Citizen data for {area}, {period}, show {size} less than the official figure ({source}), between {lower} and "
        "{upper}: “{measure}”."
    ),
    "suggests": N_(
        "Citizen data for {area}, {period}, suggest {size} less than the official figure ({source}), between {lower} "
        "and {upper}: “{measure}”."
    ),
}
NO_GAP = N_("Citizen data for {area}, {period}, are consistent with the official figure ({source}): “{measure}”.")
UNKNOWN_GAP = N_(
    "Citizen data for {area}, {period}, cannot tell whether the official figure ({source}) differs: “{measure}”."
)
NOT_COMPARABLE = N_(
    "For {area}, {period}, the citizen figure and the official one ({source}) cannot be compared: “{measure}”."
)
CONTEST_WRONG = N_(
    "Citizen data for {area}, {period}, are consistent with the official figure ({source}) only if at least {share} of "
    "the answers are wrong, all in one direction: “{measure}”."
)
CONTEST_UNKNOWN = N_(
    "Citizen data for {area}, {period}, are consistent with the official figure ({source}) only if at least {share} of "
    "the true number never became known: “{measure}”."
)
CONTEST_SHIFT = N_(
    "Citizen data for {area}, {period}, are consistent with the official figure ({source}) only if they are off by at "
    "least {share}: “{measure}”."
)

# --- several areas --------------------------------------------------------------------------------------------------

SEVERAL = {
    "shows": N_(
        "Of {compared} areas compared with {source}, {period}, citizen data show a gap in {gaps} ({less} lower, {more} "
        "higher): “{measure}”."
    ),
    "suggests": N_(
        "Of {compared} areas compared with {source}, {period}, citizen data suggest a gap in {gaps} ({less} lower, "
        "{more} higher): “{measure}”."
    ),
    "is consistent with": N_(
        "In all {compared} areas compared with {source}, {period}, citizen data are consistent with the official "
        "figures: “{measure}”."
    ),
    "cannot tell": N_(
        "Of {compared} areas compared with {source}, {period}, citizen data cannot tell a gap in any: “{measure}”."
    ),
}
HIGHEST = N_("Of {count} areas, citizen data suggest the highest figure in {first}, {period} ({value}): “{measure}”.")
LOWEST = N_("Of {count} areas, citizen data suggest the lowest figure in {first}, {period} ({value}): “{measure}”.")

# --- differences ----------------------------------------------------------------------------------------------------

HIGHER = {
    "shows": N_(
        "Citizen data, {period}, show {size} more for {high} than for {low}, between {lower} and {upper}: “{measure}”."
    ),
    "suggests": N_(
        "Citizen data, {period}, suggest {size} more for {high} than for {low}, between {lower} and {upper}: "
        "“{measure}”."
    ),
}
SAME = N_("Citizen data are consistent with the same level for {high} and {low}, {period}: “{measure}”.")
DIFFERENCE_UNKNOWN = N_("Citizen data cannot tell whether {high} and {low} differ, {period}: “{measure}”.")

# --- progress -------------------------------------------------------------------------------------------------------

ON_TRACK = {
    "suggests": N_("The figures for {area}, {period}, suggest: on track for {year}. It is about “{measure}”."),
    "is consistent with": N_(
        "The figures for {area}, {period}, are consistent with: on track for {year}. It is about “{measure}”."
    ),
}
OFF_TRACK = {
    "suggests": N_("The figures for {area}, {period}, suggest: not on track for {year}. It is about “{measure}”."),
    "is consistent with": N_(
        "The figures for {area}, {period}, are consistent with: not on track for {year}. It is about “{measure}”."
    ),
}
TRACK_UNKNOWN = N_(
    "The figures for {area}, {period}, cannot tell: on track for {year} or not. It is about “{measure}”."
)

# --- who counted ----------------------------------------------------------------------------------------------------

NOBODY = N_("The sources looked at suggest that nobody counted in {area}, {period}: “{measure}”.")
NO_OFFICIAL = N_("The sources looked at suggest that there is no official figure for {area}, {period}: “{measure}”.")
STALE = N_(
    "The sources looked at suggest that the latest official figure for {area} is of {official_period}: “{measure}”."
)
HIDDEN_GROUP = N_(
    "The sources looked at suggest that official figures for {area} do not speak of this group ({group}): “{measure}”."
)

# --- what must be said with it --------------------------------------------------------------------------------------

SIMULATED = N_("Simulated data: this is about no real place.")
BOTH = N_("Citizen figure, {period}: about {value}. Official figure, {official_period} ({source}): {official}.")
NOT_WHY = N_("This does not say which of the two is right, nor why they differ.")
FAMILY = N_("It is one of {compared} comparisons with this source; a gap was seen in {gaps} of them.")
FAMILY_UNKNOWN = N_("How many comparisons were made together is not stated. Ask for all of them.")
ESTIMATED = N_("The official figure was estimated by {source}. It is not a direct result of a count or a survey.")
MODELLED = N_("The official figure comes from a model of {source}. It is not a direct result of a count or a survey.")
NATURE_UNKNOWN = N_("Whether the official figure was counted, estimated or modelled is not stated.")
NO_OFFICIAL_ERROR = N_("The official source publishes no uncertainty.")
STATED = N_("The official source publishes no uncertainty; the one used here is from: {stated}.")
APART = N_("The official figure is for {official_period}, the citizen figure for {period}.")
CHOICE_UNKNOWN = N_("How those who were counted were chosen is not stated.")
COUNTED_ONLY = N_("It speaks of those who were counted, not of everybody.")
BIAS = N_("The interval reckons with a bias that was stated, not measured.")
LOW = N_("This figure has low reliability: few answers, or answers much alike, stand behind it.")
INTERVAL = N_("It may lie anywhere between {lower} and {upper}.")
NO_INTERVAL = N_("No interval is known, so how sure it is cannot be told.")
OTHERS = N_("Consistent with the official figure: {agree}. Cannot tell: {open}. Cannot be compared: {refused}.")
CHANCE = N_("Of the gaps found in such a way, on average at most 1 in 20 is chance alone.")
EQUAL = N_("For both figures to be equal, it would have to be {share}.")
SMALL = N_("The difference lies between {lower} and {upper}; one below {relevant} does not matter here.")
ONE_OF = N_("It is one of {family} differences that were looked at together.")
UNADJUSTED = N_("Among so many, one as large as this may come about by chance.")
METHODS = N_("Of {methods} methods that can judge this, {agree} say so.")
PACE = N_("The methods suppose that the pace stays as it was. Nobody knows that.")
TARGET = N_("The target is {target} in {year}.")
LOOKED_AT = N_("Looked at: {sources}.")
WITHOUT = N_("Areas without a figure are left out: {count}.")
LIMIT = N_("Limit: {text}")
IN_MANY = N_("{part} in {whole} ({share})")

# --- why a claim is refused -----------------------------------------------------------------------------------------

HIDDEN = N_("The figure is not shown. {reason}")
VERDICT = N_("The verdict of this comparison is “{verdict}”.")
OTHER_KIND = N_("This kind of claim needs other evidence.")
SELECTION = N_("Those who were counted were not drawn by chance, so nothing follows for everybody.")
CONTRADICTION = N_("The numbers of this comparison do not fit together, or do not carry its verdict.")
OVERLAP = N_("The intervals overlap, so nobody can tell which is first.")
NOT_CLEAR = N_("The interval of the difference does not settle it.")
DISAGREE = N_("The methods do not agree, or the labels are too uncertain.")
BY_CHANCE = N_("Chance can explain the difference, so nothing has to be wrong.")
COVERAGE = N_("The coverage says something else.")
