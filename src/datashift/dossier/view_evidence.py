"""Profiles with the evidence for each of their criteria, what to supply next, and the checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from datashift.dossier.blocks import Block, card, cards, heading, listed, text
from datashift.language import N_, _, label
from datashift.numbers import said

STATES = {
    "met": N_("there"),
    "partly": N_("partly there"),
    "not_met": N_("not there"),
    "unknown": N_("not known"),
    "not_applicable": N_("not asked of these data"),
}
"""What is known about a criterion of the catalogue."""

GATES = {"passed": N_("passed"), "failed": N_("not passed"), "open": N_("not known yet")}
CHECKS = (
    ("noticed", N_("Checks that noticed something")),
    ("nothing", N_("Checks that noticed nothing")),
    ("could_not_look", N_("Checks that could not look, and why")),
)
SCORE = N_("{score} of {most}")
SPAN = N_("{lowest} to {highest} of {most}, not known yet")
EVIDENCE = N_("{name} ({state}): {text}")
EVIDENCE_ONLY = N_("{name} ({state})")

Dossier = Mapping[str, Any]


def profiles(dossier: Dossier) -> list[Block]:
    """Each profile: what it says, its gates, and its criteria in their order, each with its evidence and its gap."""
    items = {one["criterion"]: one for one in dossier["items"]}
    return [block for profile in dossier["profiles"] for block in _profile(profile, items)]


def _profile(profile: Mapping[str, Any], items: Mapping[str, Any]) -> list[Block]:
    gates = [card(label(gate["label"]), _(GATES[gate["state"]]), _known(gate, items)) for gate in profile["gates"]]
    criteria = [card(label(one["label"]), _score(one), _known(one, items)) for one in profile["criteria"]]
    owner = _("{owner}, version {version}.").format(owner=profile["owner"], version=profile["version"])
    return [
        *heading(label(profile["title"])),
        *text(label(profile["sentence"])),
        *text(f"{owner} {label(profile['about'])} {label(profile['unseen'])}".strip(), "small"),
        *cards([*gates, *criteria]),
    ]


def _score(one: Mapping[str, Any]) -> str:
    """A score; without one, how far it is open. Nothing where the profile only describes."""
    if not one["most"]:
        return ""
    scale = {name: _short(one[name]) for name in ("lowest", "highest", "most")}
    if one["score"] is None:
        return _(SPAN).format(**scale)
    return _(SCORE).format(score=_short(one["score"]), most=scale["most"])


def _short(number: float) -> str:
    return said(number, 0 if float(number).is_integer() else 1)


def _known(part: Mapping[str, Any], items: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The evidence at hand, and what is missing, of a gate or a criterion."""
    known = [items[one] for one in part["items"] if one in items]
    there = [one for one in known if one["state"] in ("met", "partly", "not_applicable")]
    gaps = [one for one in known if one not in there]
    return [
        (_("Result"), label(part["why"])),
        (_("Evidence"), "\n".join(_piece(one, label(one["text"])) for one in there)),
        (_("Gap, and what would close it"), "\n".join(_piece(one, _gap(one)) for one in gaps)),
    ]


def _gap(one: Mapping[str, Any]) -> str:
    """What is missing, and how to supply it; that nobody has stated anything is in its state already."""
    known = "" if one["state"] == "unknown" and one["basis"] != "automatic" else label(one["text"])
    return f"{known} {label(one['supply'])}".strip()


def _piece(one: Mapping[str, Any], words: str) -> str:
    facts = {"name": label(one["label"]), "state": _(STATES[one["state"]]), "text": words}
    return _(EVIDENCE if words else EVIDENCE_ONLY).format(**facts)


def next_steps(dossier: Dossier) -> list[Block]:
    """The cheapest step of each office whose result it would change."""
    return (
        [
            *text(_("The cheapest evidence first. Each line says for which office, and what it would change.")),
            *listed(f"{label(one['title'])}: {label(one['sentence'])}" for one in dossier["next"]),
        ]
        if dossier["next"]
        else []
    )


def checks(dossier: Dossier) -> list[Block]:
    """What was noticed, with the producer's explanation beside it; then every check with what became of it."""
    noticed = [card("", "", _finding(one)) for one in dossier["findings"]]
    blocks = [*text(label(dossier["summary"]["checks"]), "lead"), *cards(noticed)]
    for state, title in CHECKS:
        found = [_check(one) for one in dossier["checks"] if one["state"] == state]
        blocks += [*heading(_(title)), *cards(found, brief=True)] if found else []
    return blocks


def _finding(one: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    return [
        (_("Noticed by {check}").format(check=one["check"]), label(one["text"])),
        (_("The producer says"), label(one["explanation"])),
    ]


def _check(one: Mapping[str, Any]) -> dict[str, Any]:
    idle = one["state"] == "could_not_look"
    expected = "" if idle else f"{label(one['expects'])} {label(one['null_words'])}".strip()
    return card(
        f"{one['id']} {label(one['name'])}",
        "",
        [
            (_("It looks for"), label(one["looks_for"])),
            (_("If nothing is wrong"), expected),
            (_("What became of it"), f"{label(one['text'])} {label(one['chance'])}".strip()),
        ],
    )
