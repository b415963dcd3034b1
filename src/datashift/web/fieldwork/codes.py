"""The numbers on receipts: drawn by chance, checked by their last digit, kept only as a digest."""

from __future__ import annotations

import secrets

from django.utils.crypto import salted_hmac

DIGITS = 16
"""As many as a code of GlobaLeaks has: too many to guess, few enough to write down. The last one checks the others."""


def new_code() -> str:
    """Draw a number for a receipt."""
    drawn = f"{secrets.randbelow(10 ** (DIGITS - 1)):0{DIGITS - 1}}"
    return next(code for last in range(10) if fits(code := f"{drawn}{last}"))


def fits(code: str) -> bool:
    """Say whether the last digit of a number checks the others (ISO/IEC 7812, Luhn): it does on every receipt, and on
    none with one wrong digit.
    """
    doubled = [int(sign) * (1 + place % 2) for place, sign in enumerate(reversed(digits_of(code)))]
    return sum(digit // 10 + digit % 10 for digit in doubled) % 10 == 0


def digits_of(code: str) -> str:
    """Return the digits of a number, in whatever script they are written and however they are parted."""
    return "".join(str(int(sign)) for sign in code if sign.isdecimal())


def in_fours(code: str) -> str:
    """Return a number as it is written on a receipt."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def digest(code: str) -> str:
    """Return what is kept of a code: without the key of the site nobody can try codes on it."""
    return salted_hmac("datashift.receipt", code, algorithm="sha256").hexdigest()
