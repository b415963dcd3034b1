"""A made-up survey of people in which everything that must stay inside is easily known again: names, phones, places.

Somebody's name in a text is a marker; so is a figure of a hidden cell, for its weights give it many digits.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

import datashift.demo_data

DEMO = Path(datashift.demo_data.__file__).parent
KIT = "responsive-decision-making"
ANSWERS = {"Avânia": 311, "Belmór": 290, "Cérula": 173, "Dunavê": 6, "Éstora": 262}
"""Answers by region: those of Dunavê must be hidden, and those of Cérula with them."""

NAME, PHONE, MAIL = "Zephyrine Quillabong", "+254 712 009 {:03}", "zephyrine.q{}@quillabong.example"
NUMBER, REMARK, ASKER = "QX-7741-88{:04}", "Her neighbour Ottokar Vlissingham pays for the well", "Wilhelmine Oxbarrow"
LATITUDE, LONGITUDE = "-29.7731{:02}", "-18.9942{:02}"

MARKERS = (
    "Zephyrine", "Quillabong", "712 009", "712009", "QX-7741", "Ottokar", "Vlissingham", "Wilhelmine", "Oxbarrow",
    "29.7731", "18.9942",
)  # fmt: skip
"""Stretches of what stands in personal columns and free texts; nothing public may hold one of them."""

COLUMNS = (
    "id", "region", "village", "today", "sex", "age", "place", "difficulty", "say", "influence", "weight", "name",
    "phone", "mail", "number", "remark", "asker", "latitude", "longitude",
)  # fmt: skip
PERSONAL = ("name", "phone", "mail", "number", "remark", "asker", "latitude", "longitude")
SAYS = ("not_at_all", "very_little", "some", "a_lot", "a_great_deal")


def rows(seed: int = 5) -> list[dict[str, str]]:
    """Return the answers, one dictionary per person."""
    draw = np.random.default_rng(seed)
    made = []
    for region, size in ANSWERS.items():
        for k in range(size):
            number = len(made)
            made.append({
                "id": f"r{number:05}", "region": region, "village": f"{region}-{k % 12}",
                "today": f"2024-0{1 + number % 6}-{1 + number % 28:02}",
                "sex": str(draw.choice(["female", "male"])), "age": str(draw.integers(18, 80)),
                "place": str(draw.choice(["urban", "rural"])),
                "difficulty": str(draw.choice(["yes", "no"], p=[0.15, 0.85])), "say": str(draw.choice(SAYS)),
                "influence": str(draw.choice(SAYS)), "weight": f"{draw.uniform(20, 200):.4f}",
                "name": f"{NAME} {number}", "phone": PHONE.format(number % 1000), "mail": MAIL.format(number),
                "number": NUMBER.format(number), "remark": REMARK if number % 7 == 0 else "",
                "asker": f"{ASKER} {number % 6}", "latitude": LATITUDE.format(number % 100),
                "longitude": LONGITUDE.format(number % 100),
            })  # fmt: skip
    return made


def as_csv(people: Iterable[dict[str, str]]) -> bytes:
    """Return answers as a file."""
    lines = [",".join(COLUMNS), *(",".join(one[name] for name in COLUMNS) for one in people)]
    return ("\n".join(lines) + "\n").encode()
