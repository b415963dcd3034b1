"""Points, pictures and rows of people that cannot be made ready to leave."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class CannotProtect(InputError):
    """A picture, a point or a table of people cannot be made ready to leave the house."""

    texts: ClassVar[dict[str, str]] = {
        "picture.kind": N_(
            "{name} is no picture of a kind that can be cleaned. Nothing was taken from it. "
            "Save it as JPEG, PNG or WebP, and send it again."
        ),
        "picture.damaged": N_(
            "{name} begins as a picture of the kind {kind}, but is damaged or was cut off. Nothing was taken from it. "
            "Send the original again."
        ),
        "picture.no-data": N_(
            "{name} is a picture, and pictures are not taken here: they can carry where and when they were taken. "
            "Send the file with the answers, without pictures."
        ),
        "picture.taken": N_(
            "There is a file {name} in {folder} already, and nothing is written over. Choose another folder."
        ),
        "points.key": N_(
            "The secret key by which points are moved has {length} bytes, so it could be guessed. "
            "Give a key of at least {least} bytes."
        ),
        "points.lengths": N_(
            "The points have {points} positions, but '{field}' has {length} entries. Give one entry for each point."
        ),
        "points.resolutions": N_(
            "Hexagons come in sizes from 0 (largest) to 15. {coarsest} to {finest} is no such range. "
            "Give the larger hexagons first."
        ),
        "points.key-gone": N_(
            "The key by which points are moved is not in {file}, but points of these data were released with it. With "
            "another key they would move elsewhere, and both releases together would tell more. Put the key back from "
            "a copy."
        ),
        "points.key-other": N_(
            "The key in {file} is not the one by which points of these data were moved before. Both releases together "
            "would tell more than each. Put the earlier key back from a copy."
        ),
        "points.way-other": N_(
            "Points of these data were moved before with other words about places and towns ({before}, now {now}). "
            "Both releases together would tell more than each. Use the same --place and --towns as then."
        ),
        "points.key-open": N_(
            "Others can read the key {file}. Whoever has it can tell where points truly lie. Close the file: "
            "chmod 600 {file}"
        ),
        "points.no-columns": N_(
            "The recipe names no columns with positions. State latitude and longitude in its section [place]."
        ),
        "points.none": N_(
            "Of {rows} rows, no point can leave: {missing} have no position, {outside} lie outside their area, and "
            "{hidden} lie in areas with too few answers. Check the columns that the recipe names as latitude and "
            "longitude: they must hold degrees, and not be swapped."
        ),
        "points.no-outlines": N_(
            "The borders of the areas are not at hand, so a point could be moved across one. Name a file with them in "
            "the recipe ([place.boundaries]), or tell counts: --as hexagons."
        ),
        "points.not-so-open": N_(
            "Points of these data may leave as '{most}' at most, not as '{asked}': {why} Leave --as out, or choose a "
            "more careful way."
        ),
        "points.setting": N_(
            "'{text}' does not say what lies in a town. Write it as COLUMN=ANSWER, such as setting=urban, with a "
            "column of the kit or the file."
        ),
        "microdata.not-at-all": N_(
            "The recipe says that no rows of these data may leave ([disclosure] microdata). Publish figures instead."
        ),
        "microdata.nothing-known": N_(
            "Nothing says what others may know of a person, so nobody can tell who would be recognised. "
            "Name such columns: --known age --known village."
        ),
        "microdata.personal": N_(
            "'{column}' names single people, rows or positions, so it cannot leave. Do not ask for it."
        ),
        "microdata.too-few-alike": N_("k = {k} protects nobody: at least {least} people must be alike."),
        "microdata.plan": N_("{file} is no plan that can be read: {problem}. Correct it, or have a new one made."),
        "microdata.plan-there": N_(
            "The plan {file} says already what others may know and how many must be alike. Change it there, or give "
            "another file to have a new plan made."
        ),
        "microdata.plan-of-others": N_("{file} is the plan of '{of}', not of '{asked}'. Give the plan of these data."),
        "microdata.no-plan": N_(
            "There is no plan to confirm. Have one written first (--plan {file}), and read it before you confirm it."
        ),
        "microdata.not-confirmed": N_(
            "Nobody has confirmed the plan {file}. Read it, change what must be changed, and confirm it: "
            '--confirm "your name".'
        ),
        "microdata.changed-since": N_(
            "The plan {file} or the rows changed after {by} confirmed it. Read it again, and confirm it anew."
        ),
        "microdata.still-alone": N_(
            "With this plan, {below} people would still be alike to fewer than {k}. Nothing was written. Tell more "
            "columns coarser, or leave some out."
        ),
        "microdata.no-column": N_("The table has no column '{column}'. It has: {known}."),
        "microdata.few-rows": N_(
            "The table has {rows} rows, too few for {k} alike. Rows of so few people cannot be published one by one."
        ),
        "microdata.weight": N_(
            "The weights in '{column}' are not all numbers above zero. Correct them, or leave the weights out."
        ),
        "microdata.recode": N_(
            "'{column}' cannot be told coarser in this way: {missing} of its answers have no place in the new list. "
            "Give each answer a place."
        ),
    }
