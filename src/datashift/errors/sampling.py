"""Samples: a frame or a plan that cannot be used, and what the design forbids once a sample is drawn."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import DesignError, InputError
from datashift.language import N_


class BadSample(InputError):
    """A frame, a plan, a record of a draw or a table of outcomes cannot be used as it is."""

    texts: ClassVar[dict[str, str]] = {
        "sample.no-column": N_("The table has no column “{column}”. Its columns are: {known}."),
        "sample.empty": N_("The list has no rows. A sample is drawn from a list of everybody who can be chosen."),
        "sample.no-unit": N_("Row {row} has no name in the column “{column}”. Give each row its own."),
        "sample.unit-twice": N_(
            "“{unit}” stands in the list {count} times. Each must stand there once, or it has a second chance. Leave "
            "out the others, or give them names of their own."
        ),
        "sample.size": N_(
            "“{unit}” has the size “{value}”. A size is a number above 0, such as households at the last census. "
            "Complete it; what is empty for certain is left out of the list."
        ),
        "sample.sizes-apart": N_(
            "In the stratum “{stratum}” some sizes are so small beside the others that they have no chance. Put the "
            "small ones into a stratum of their own."
        ),
        "sample.no-stratum": N_(
            "“{unit}” has nothing in the column “{column}”, so it is not known where it belongs. Complete it."
        ),
        "sample.position": N_(
            "“{unit}” has the position “{value}”. Latitude lies between -90 and 90, longitude between -180 and 180, "
            "in degrees with a decimal point."
        ),
        "sample.two-strata": N_(
            "The place “{place}” lies in two strata: {strata}. A place belongs to one. Correct the list, or give two "
            "places of one name names of their own."
        ),
        "sample.choice": N_("“{value}” is not known as {what}. Use one of: {known}."),
        "sample.seed": N_(
            "A draw needs a seed: a text that nobody could choose to please, such as dice thrown before witnesses."
        ),
        "sample.number": N_("{what} cannot be {value}. Give a whole number from {least} up."),
        "sample.more-than-there-are": N_("{wanted} are to be drawn, but the list “{stratum}” has {there}. Draw fewer."),
        "sample.fewer-than-strata": N_(
            "{n} are too few for {strata} strata with {least} in each. Draw more, or join strata."
        ),
        "sample.given": N_(
            "The numbers for the strata do not fit the list. Without a number: {missing}. Not in the list: {unknown}. "
            "Give one number for each stratum of the list."
        ),
        "sample.given-differs": N_(
            "The numbers for the strata add up to {sum}, but {n} are to be drawn. Leave one of both out."
        ),
        "sample.needs": N_("The method {method} needs {what}. Name the column, or choose another method."),
        "sample.too-large": N_(
            "The stratum “{stratum}” is too large for the method {method}: {there} to choose {wanted} from. Divide "
            "it, or choose {other}."
        ),
        "sample.place-not-drawn": N_(
            "The place “{place}” was not drawn, or its reserve is not in use. Take it out of the listing, or check its "
            "name."
        ),
        "sample.no-within": N_("How many are drawn in each place? State it in the plan (within)."),
        "sample.record": N_(
            "This is no record of a draw, or a part of it is missing: {problem}. Use the file that was written with "
            "the sample (draw.json)."
        ),
        "sample.record-changed": N_("The record of the draw was changed after it was written. Use the original."),
        "sample.frame-changed": N_(
            "The list is not the one that was drawn from. Take the list with the digest {digest}."
        ),
        "sample.not-the-same": N_(
            "The same list, plan and seed give another sample than the record says. First difference: {unit}. The "
            "sample of the record was not drawn in this way."
        ),
        "sample.there": N_(
            "{file} is there already. A sample is never written over, or it is lost. Choose another folder or name."
        ),
        "sample.unknown-unit": N_("“{unit}” is not in the sample. Check how it is written."),
        "sample.outcome-twice": N_(
            "“{unit}” has two outcomes: {outcomes}. Keep the last one, or name the column with the time."
        ),
        "sample.nobody": N_("There is nobody to give the work to. Name those who ask."),
        "sample.share": N_("{what} cannot be {value}. Give a number above {low} and below {high}."),
    }


class AgainstDesign(DesignError):
    """The design of the sample forbids it, or cannot answer it."""

    texts: ClassVar[dict[str, str]] = {
        "sample.free-substitution": N_(
            "“{wanted}” cannot take the place of “{unit}”: nobody chooses freely, or nobody knows who had which "
            "chance. Next in the list of reserves is “{reserve}”."
        ),
        "sample.no-reserve-left": N_(
            "“{pool}” has no reserve left for “{unit}”. Note why it has no answer; the weights make up for it."
        ),
        "sample.stands-for-itself": N_(
            "“{unit}” was certain to be chosen and stands only for itself. Nothing can replace it. Note why it has no "
            "answer."
        ),
        "sample.replaced-already": N_("“{unit}” is replaced already, by “{reserve}”. One unit, one reserve."),
        "sample.not-in-use": N_("“{unit}” is a reserve that is not in use. Only what was given out can be replaced."),
        "sample.answered": N_("“{unit}” has an answer. An answer is kept: take the replacement back."),
        "sample.nobody-answered": N_(
            "In “{cell}” nobody answered, so nobody can stand for it. Ask there again, or join it with a neighbour."
        ),
        "sample.joint-unknown": N_(
            "For the method {method} the chance of two being drawn together is not known exactly. Use simple or "
            "sampford where it is needed."
        ),
    }
