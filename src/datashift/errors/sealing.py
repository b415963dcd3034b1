"""What can go wrong where answers are sealed, and opened again with the key of the organisation."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class CannotUnseal(InputError):
    """A sealed answer, a key, or a file with sealed answers that cannot be opened."""

    texts: ClassVar[dict[str, str]] = {
        "unseal.damaged": N_(
            "This sealed answer was changed or cut off. It stays sealed. Take it from the site again."
        ),
        "unseal.other-key": N_("This was sealed for another key. Look for the key file that was in use at that time."),
        "unseal.elsewhere": N_("This sealed answer was sealed for another place. Take it from the site again."),
        "unseal.no-key": N_(
            "There is no key in this file. A key has 14 groups of four signs. Give the file with the key."
        ),
        "unseal.key-slip": N_("A sign of this key is wrong: its last group does not fit. Compare it with your copy."),
        "unseal.there": N_("{file} is there already, and nothing is written over. Choose another name with --out."),
        "unseal.kind": N_("{file} is no CSV, XLSX or zip file that can be read. Export the answers again."),
        "unseal.nothing": N_("{file} holds no sealed answer. Nothing was written."),
    }


class BadProtection(InputError):
    """What is asked of the protection of a form cannot be done."""

    texts: ClassVar[dict[str, str]] = {
        "protection.no-field": N_("The form has no question '{path}'. Choose from the list."),
        "protection.no-key": N_("There is no key for sealing yet. Make one, and keep its file safe."),
        "protection.last-signs": N_(
            "These are not the last four signs of the key. Look at the file that you kept. If you do not have it, make "
            "another key: with this one, sealed answers could never be read."
        ),
        "protection.metres": N_("'{value}' is no distance. Write whole metres, from {least} to {most}."),
        "protection.days": N_("'{value}' is no number of days. Write a whole number, from 1 to {most}."),
        "protection.words": N_("The words in {language} are too long. Write at most {most} signs."),
        "protection.looser": N_(
            "Answers came in with this promise, so it can only be made stricter: {what}. For other rules, make a new "
            "form."
        ),
        "protection.unmet": N_("The form was changed by somebody else meanwhile. Look at it again."),
    }
