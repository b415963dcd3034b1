"""A recipe for the made-up people, with a census of theirs: the dossier then tells who was counted."""

from __future__ import annotations

from pathlib import Path

from marked_people import ANSWERS, DEMO, KIT, PERSONAL, as_csv, rows

AGES = {"18-24": 0.17, "25-34": 0.2, "35-44": 0.2, "45-54": 0.18, "55-64": 0.15, "65+": 0.1}

RECIPE = f"""
id = "marked-people"
kit = "{KIT}@1.0.0"
producer = "Simulated"
licence = "CC0-1.0"
simulated = true
row_id = "id"
personal = {list(PERSONAL)}
title = {{ en = "Simulated: do people have a say?" }}

[[source]]
file = "answers.csv"

[columns]
sex = {{ column = "sex" }}
age = {{ column = "age" }}
place = {{ column = "place" }}
difficulty = {{ column = "difficulty" }}
say = {{ column = "say" }}
influence = {{ column = "influence" }}

[place]
country = "ZZ"
as_of = 2024-06-30
areas = "areas.csv"
column = "region"

[place.whole]
id = "ZZ"
name = {{ en = "Tavelia" }}

[period]
label = "2024"
column = "today"
format = "%Y-%m-%d"
first = 2024-01-01
last = 2024-12-31

[design]
sampling_type = "probability"
weights = "weight"
strata = "region"
clusters = "village"

[paradata]
enumerator = "asker"

[margin.people]
source = "Simulated census"
file = "census.csv"
area = "region"
as_of = 2024-01-01
[margin.people.groups]
SEX = {{ column = "", codes = {{ women = "F", men = "M" }} }}
AGE = {{ column = "age" }}
"""


def folder_of(where: Path, data: bytes | None = None, recipe: str = RECIPE) -> Path:
    """Write recipe, answers, areas and census into a folder; return the path of the recipe."""
    where.mkdir(parents=True, exist_ok=True)
    (where / "answers.csv").write_bytes(as_csv(rows()) if data is None else data)
    (where / "areas.csv").write_bytes((DEMO / "areas.csv").read_bytes())
    census = ["region,age,women,men"]
    census += [f"{one},{age},{1000 * share:g},{1000 * share:g}" for one in ANSWERS for age, share in AGES.items()]
    (where / "census.csv").write_text("\n".join(census) + "\n", "utf-8")
    (where / "recipe.toml").write_text(recipe, "utf-8")
    return where / "recipe.toml"
