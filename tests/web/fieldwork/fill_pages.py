"""The page around the script, as the site writes it, and forms that are filled in on it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from fill_site import FORM, Site
from jinja2 import FileSystemLoader

from datashift.forms.xform import as_program, read_xform
from datashift.forms.xform.making import as_xform
from datashift.web.fieldwork.promised import taken_at_start
from datashift.web.frame.jinja import environment

LIMITS = {"photo_side": 1600, "photo_quality": 0.8}

SHORT = """
| survey | type | name | label::English (en) | label::العربية (ar) | hint::English (en) | relevant | required | constraint | constraint_message::English (en) | appearance |
| | start | start | | | | | | | | |
| | audit | audit | | | | | | | | |
| | text | who | Who? | من؟ | A first name is enough | | yes | | | |
| | integer | people | How many people live here? | كم شخصًا يعيش هنا؟ | | | yes | . > 0 and . < 30 | From 1 to 29 | |
| | select_one yesno | water | Do you have water, ${who}? | هل لديكم ماء يا ${who}؟ | | | | | | |
| | text | why | Why not? | لماذا؟ | | ${water} = 'no' | | | | multiline |
| choices | list_name | name | label::English (en) | label::العربية (ar) |
| | yesno | yes | Yes | نعم |
| | yesno | no | No | لا |
| settings | form_title | form_id | version | default_language |
| | Water | water | 1 | English (en) |
"""  # noqa: E501 - a table

EVERYTHING = """
| survey | type | name | label | hint | appearance | parameters | repeat_count | required | media::image | filter |
| | note | hello | Welcome, **please** read | | | | | | a.png | |
| | text | name | Your name | Any name | | | | yes | | |
| | text | story | Your story | | multiline | | | | | |
| | integer | count | How many? | | | | | | | |
| | decimal | litres | Litres | | | | | | | |
| | range | few | From one to five | | | start=1 end=5 step=1 | | | | |
| | range | many | From 0 to 100 | | | start=0 end=100 step=1 | | | | |
| | date | day | Which day? | | | | | | | |
| | date | month | Which month? | | month-year | | | | | |
| | time | hour | At what time? | | | | | | | |
| | dateTime | moment | When exactly? | | | | | | | |
| | select_one colours | one | One colour | | | | | | | |
| | select_one colours | menu | A colour from the menu | | minimal | | | | | |
| | select_multiple colours | several | Several colours | | | | | | | |
| | select_one places | place | A place | | | | | | | |
| | rank colours | order | Which first? | | | | | | | |
| | acknowledge | fine | Do you agree? | | | | | | | |
| | geopoint | spot | Where? | | | | | | | |
| | geotrace | way | Which way? | | | | | | | |
| | geoshape | field | Which field? | | | | | | | |
| | image | photo | A photo | | | | | | | |
| | audio | sound | A sound | | | | | | | |
| | video | film | A film | | | | | | | |
| | file | paper | A paper | | | | | | | |
| | barcode | code | A code | | | | | | | |
| | begin_group | house | The house | | | | | | | |
| | text | roof | The roof | | | | | | | |
| | begin_repeat | child | Child | | | | | | | |
| | text | called | Name of the child | | | | | yes | | |
| | end_repeat | | | | | | | | | |
| | end_group | | | | | | | | | |
| choices | list_name | name | label | media::image |
| | colours | red | Red | a.png |
| | colours | blue | Blue | |
| | colours | green | Green | |
PLACES
| settings | form_title | form_id | version |
| | Everything | everything | 1 |
""".replace("PLACES", "\n".join(f"| | places | p{n} | Place {n} | |" for n in range(30)))

TWENTY = SHORT.replace(
    "| choices |",
    "\n".join(f"| | text | more{n} | One more question, number {n}? | سؤال آخر {n} | | | | | | |" for n in range(16))
    + "\n| choices |",
    1,
)


def form(text: str) -> dict[str, Any]:
    """Return a form, written as tables, as the site tells it to the script."""
    xform = as_xform(text.encode(), "form.md")
    read = read_xform(xform)
    return {
        "version": read.version, "form_id": read.id, "title": read.title, "organisation": "Water Watch",
        "media": {"a.png": f"{FORM}media/a.png"}, "consent": {}, "limits": LIMITS, "program": as_program(read),
        "begun_at": taken_at_start(xform.decode()),
    }  # fmt: skip


def page(told: dict[str, Any], consent: str = "") -> str:
    """Return the page of a form."""
    made = environment(loader=FileSystemLoader(settings.HERE / "templates"), autoescape=True)
    words = made.get_template("fieldwork/fill_words.html").render()
    said = f'<h2 id="consent">Before</h2><div class="consent"><p>{consent}</p></div>'
    read = f'<section aria-labelledby="consent">{said}</section>'
    names = "".join(f"<option>{name}</option>" for name in told["program"]["languages"])
    choose = f'<label for="language">Language</label><select id="language" name="language">{names}</select>'
    return f"""<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{told["title"]} · DataShift</title>
<link rel="icon" href="/static/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/site.css"><link rel="stylesheet" href="/static/fill/fill.css"></head>
<body><main id="main" class="narrow" tabindex="-1"><div id="start"><h1>{told["title"]}</h1><p>Water Watch asks.</p>
{read if consent else ""}<form method="post">{choose if names else ""}<button class="first">Begin</button></form></div>
<div id="fill" hidden data-form="{FORM}form.json" data-worker="{FORM}worker.js" data-submission="{FORM}submission"
 data-language="{told["program"]["default_language"]}"></div>{words}</main>
<script type="module" src="/static/fill/fill.js"></script></body></html>"""


def site_of(text: str, consent: str = "") -> Site:
    """Return a site that shows one form and takes its answers."""
    told = form(text)
    if consent:
        told["consent"] = {"en": {"words": consent, "digest": "d1gest"}}
    return Site(page=page(told, consent), told=told)
