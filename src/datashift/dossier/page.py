"""The dossier as one HTML file that stands alone: no script, no other file, and the same blocks as the PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from datashift.dossier import page_map
from datashift.dossier.blocks import Block, Cell
from datashift.dossier.view import view
from datashift.draw.look import LOCK

STYLE = """\
:root{--ink:#1a1a1a;--soft:#4a4a4a;--line:#c9c7c1;--quiet:#f5f4f1;--citizen:#bd4f00;--official:#44546a;--link:#174a8c}
*{box-sizing:border-box}
html{font:1.0625rem/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans","Noto Sans Devanagari",sans-serif;
color:var(--ink);background:#fff;-webkit-text-size-adjust:100%}
:lang(ne){line-height:1.7}
body{margin:0 auto;padding:0 1rem 3rem;max-width:56rem;overflow-wrap:break-word}
h1,h2,h3{line-height:1.3;text-wrap:balance}h1{font-size:1.6rem;margin:1.5rem 0 .25rem}
h2{font-size:1.3rem;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:2px solid var(--ink)}
h3{font-size:1.08rem;margin:1.75rem 0 .5rem}
p,ul,ol,dl{margin:0 0 1rem;max-width:70ch}
a{color:var(--link);text-underline-offset:.15em}:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:0;top:0;background:#fff;padding:.75rem}
.finding{font-size:1.3rem;line-height:1.4;max-width:46ch;margin:1rem 0}
.lead{font-weight:600}.small{font-size:.92rem;color:var(--soft)}
.notice{border-left:4px solid var(--official);background:var(--quiet);padding:.75rem 1rem}
nav ol{padding-left:1.8rem}nav ol:lang(ne){list-style-type:devanagari}
nav a{display:block;padding:.4rem 0;min-height:2.6rem}
dl.facts{display:grid;grid-template-columns:minmax(8rem,15rem) minmax(0,1fr);gap:.5rem 1.25rem;max-width:none}
dt{color:var(--soft)}dd{margin:0;max-width:70ch}
.cards{list-style:none;padding:0;max-width:none}
.cards>li{border:1px solid var(--line);border-radius:4px;padding:.75rem 1rem;margin:0 0 .75rem}
.brief{list-style:none;padding:0;max-width:none}.brief>li{margin:0 0 1rem}.brief p{margin:0}
.brief dt,.brief dd{display:inline}.brief dt::after{content:": "}.brief dd::after{content:" "}
.cards dl{display:grid;grid-template-columns:minmax(6rem,10rem) minmax(0,1fr);gap:.25rem 1rem;margin:0;max-width:none}
.card{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;font-weight:600;margin:0 0 .4rem;
max-width:none}
.scroll{overflow-x:auto;margin:0 0 1rem}
table{border-collapse:collapse;font-size:.95rem}
caption{text-align:left;font-weight:600;padding:.35rem 0}
caption span{display:inline-block;max-width:calc(100vw - 2rem)}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}
thead th{vertical-align:bottom}
tbody th{font-weight:400}
.r{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.c{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.8rem;overflow-wrap:anywhere}
td svg{display:block;margin-top:.2rem}
.areas{margin:1rem 0 1.5rem}.areas figcaption{font-weight:600;margin:0 0 .5rem}
.areas>svg{display:block;width:100%;max-width:40rem;max-height:80vh}
.key{list-style:none;padding:0;margin:.5rem 0 0}.key li{padding:.2rem 0 .2rem 2.6rem}
.sample{float:left;margin:.1rem 0 0 -2.6rem}
footer{border-top:1px solid var(--line);margin-top:2.5rem;padding-top:1rem}
@media(max-width:34rem){td svg{width:6rem}th,td{padding-right:.5rem}
dl.facts,.cards dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin:0 0 .5rem}}
@media print{html{font-size:10pt}body{max-width:none;padding:0}nav,.skip{display:none}.scroll{overflow:visible}
h2,h3,caption{break-after:avoid}tr,.areas,.cards>li,.brief>li,dl.facts>*{break-inside:avoid}#summary{break-after:page}
a{color:inherit;text-decoration:none}}
"""
WIDTH, HEIGHT = 160, 18


def html(dossier: Mapping[str, Any], language: str, *, notes: Sequence[str] = ()) -> str:
    """Return a dossier as one HTML page in `language` that needs nothing but itself.

    `notes` are sentences to say before all else, in that language. Every text is escaped.
    """
    page = view(dossier, language, notes)
    contents = "".join(f'<li><a href="#{one["id"]}">{escape(one["title"])}</a></li>' for one in page["sections"])
    sections = "\n".join(_section(one) for one in page["sections"])
    warnings = "".join(f'<p class="notice">{escape(text)}</p>' for text in (page["warning"], *page["notes"]) if text)
    return f"""<!doctype html>
<html lang="{escape(page["language"])}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="generator" content="DataShift">
<title>{escape(page["title"])}</title>
<style>
{STYLE}</style>
</head>
<body>
<a class="skip" href="#main">{escape(page["skip"])}</a>
<header>
<h1>{escape(page["title"])}</h1>
<p class="small">{escape(page["subtitle"])}</p>
</header>
<main id="main" tabindex="-1">
{warnings}<p class="finding">{escape(page["finding"])}</p>
<nav aria-label="{escape(page["contents"])}"><ol>{contents}</ol></nav>
{sections}
</main>
<footer><p class="small">{escape(page["foot"])}</p></footer>
</body>
</html>
"""


def _section(section: Mapping[str, Any]) -> str:
    blocks = "\n".join(DRAWN[block["kind"]](block) for block in section["blocks"])
    name = section["id"]
    heading = f'<h2 id="{name}-title">{escape(section["title"])}</h2>'
    return f'<section id="{name}" aria-labelledby="{name}-title">\n{heading}\n{blocks}\n</section>'


def _text(block: Block) -> str:
    role = "" if block["role"] == "plain" else f' class="{block["role"]}"'
    return f"<p{role}>{_lines(block['text'])}</p>"


def _heading(block: Block) -> str:
    return f"<h3>{escape(block['text'])}</h3>"


def _list(block: Block) -> str:
    return f"<ul>{''.join(f'<li>{_lines(item)}</li>' for item in block['items'])}</ul>"


def _facts(block: Block) -> str:
    return f'<dl class="facts">{_terms(block["rows"])}</dl>'


def _cards(block: Block) -> str:
    kind = "brief" if block["brief"] else "cards"
    return f'<ul class="{kind}">{"".join(f"<li>{_card(item)}</li>" for item in block["items"])}</ul>'


def _card(item: Mapping[str, Any]) -> str:
    state = f"<span>{escape(item['state'])}</span>" if item["state"] else ""
    title = f'<p class="card"><span>{escape(item["title"])}</span>{state}</p>' if item["title"] else ""
    return title + (f"<dl>{_terms(item['lines'])}</dl>" if item["lines"] else "")


def _table(block: Block) -> str:
    align = [f' class="{one}"' if one != "l" else "" for one in block["align"]]
    head = "".join(
        f'<th scope="col"{kind}>{escape(text)}</th>' for text, kind in zip(block["head"], align, strict=True)
    )
    rows = "".join(f"<tr>{_row(row, align)}</tr>" for row in block["rows"])
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(block["caption"])}">'
        f"<table><caption><span>{escape(block['caption'])}</span></caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(row: Sequence[Cell], align: Sequence[str]) -> str:
    first, *more = row
    cells = "".join(f"<td{kind}>{_cell(cell)}</td>" for cell, kind in zip(more, align[1:], strict=True))
    return f'<th scope="row"{align[0]}>{_cell(first)}</th>{cells}'


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return _lines(cell)
    drawn = _dot(cell) if cell["mark"] == "dot" else _bars(cell)
    # The same numbers stand beside it, so that a screen reader need not hear them twice.
    return f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{drawn}</svg>'


def _dot(mark: Mapping[str, Any]) -> str:
    def at(value: float) -> float:
        share = float(value - mark["least"]) / float((mark["most"] - mark["least"]) or 1.0)
        return round(6 + (WIDTH - 12) * min(1.0, max(0.0, share)), 1)

    drawn = f'<path d="M6 9H{WIDTH - 6}" stroke="#c9c7c1"/>'
    if mark["lower"] is not None and mark["upper"] is not None:
        drawn += f'<path d="M{at(mark["lower"])} 9H{at(mark["upper"])}" stroke="#bd4f00" stroke-width="3"/>'
    return f'{drawn}<circle cx="{at(mark["value"])}" cy="9" r="5" fill="#bd4f00"/>'


def _bars(mark: Mapping[str, Any]) -> str:
    def wide(share: float | None) -> float:
        return round(1 + (WIDTH - 2) * (share or 0.0) / float(mark["most"]), 1)

    if mark["state"] == "hidden":
        share = f'<path transform="translate(7 13) scale(5)" fill="#4a4a4a" fill-rule="evenodd" d="{LOCK}"/>'
    elif mark["state"] == "none":
        share = '<circle cx="6" cy="13" r="4" fill="none" stroke="#4a4a4a" stroke-width="1.5"/>'
    else:
        share = f'<path d="M1 10h{wide(mark["share"])}v6H1z" fill="#bd4f00"/>'
    hollow = f'<path d="M1 2h{wide(mark["expected"])}v5H1z" fill="#fff" stroke="#44546a" stroke-width="1.5"/>'
    return (hollow if mark["expected"] is not None else "") + share


def _terms(rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"<dt>{escape(term)}</dt><dd>{_lines(words)}</dd>" for term, words in rows)


def _lines(words: str) -> str:
    return "<br>".join(escape(line) for line in words.split("\n"))


DRAWN: dict[str, Callable[[Block], str]] = {
    "text": _text, "heading": _heading, "list": _list, "facts": _facts, "cards": _cards, "table": _table,
    "map": page_map.html,
}  # fmt: skip
