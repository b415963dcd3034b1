"""A dossier as a page in one language: what stands where, top to bottom. HTML and PDF are made of the same blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datashift.dossier import view_evidence, view_figures
from datashift.dossier.blocks import Block, facts, heading, listed, period, table, text
from datashift.language import N_, _, label, speaking
from datashift.numbers import in_digits, said

PROGRAM = N_("Made by DataShift {version} on {day}. Every sentence follows from the files named at the end.")
SIMULATED = N_("Simulated data: made up to show how the program works. Nothing in it is real.")
DERIVED = N_("Follows from other answers: {names}.")
BESIDE = N_("SDG {indicator}: {relation}")

Dossier = Mapping[str, Any]


def view(dossier: Dossier, language: str, notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return a dossier as a page in `language`, plain data.

    title, subtitle, finding, warning ("" unless the data are simulated), notes, foot, contents (the word for it);
    sections: [{id, title, blocks}] (see `blocks`). `notes` are what else must be said first, in that language.
    """
    with speaking(language):
        head = dossier["head"]
        return {
            "language": language,
            "title": _("Dossier: {title}").format(title=label(head["title"])),
            "subtitle": " · ".join(filter(None, [label(head["place"]), _when(dossier), head["producer"]])),
            "finding": label(dossier["summary"]["finding"]),
            "warning": _(SIMULATED) if head["simulated"] else "",
            "notes": list(notes),
            "contents": _("Contents"),
            "skip": _("Skip to the content"),
            "created": head["created"],
            "author": head["producer"],
            "foot": _(PROGRAM).format(
                version=dossier["digests"]["program"]["datashift"], day=in_digits(head["created"])
            ),
            "sections": [section for section in _sections(dossier) if section["blocks"]],
        }


def _sections(dossier: Dossier) -> list[dict[str, Any]]:
    parts = [
        ("summary", _("In short"), _summary(dossier)),
        ("profiles", _("What each office asks, and what is there (profiles)"), view_evidence.profiles(dossier)),
        ("next", _("What to supply next (next best evidence)"), view_evidence.next_steps(dossier)),
        ("design", _("Who was asked, and how they were chosen (design)"), _design(dossier)),
        ("instrument", _("What was asked (instrument)"), _instrument(dossier)),
        ("fieldwork", _("What came in (fieldwork)"), _fieldwork(dossier)),
        ("coverage", _("Who was counted, and who was not (coverage)"), view_figures.coverage(dossier)),
        ("checks", _("What the checks noticed, and what was done"), view_evidence.checks(dossier)),
        ("figures", _("Figures and how sure they are"), view_figures.figures(dossier)),
        ("beside", _("Beside official figures"), view_figures.comparisons(dossier)),
        ("limits", _("What it does not tell (limits)"), _limits(dossier)),
        ("digests", _("Data, program and digests"), _digests(dossier)),
    ]
    return [{"id": key, "title": title, "blocks": blocks} for key, title, blocks in parts]


def _when(dossier: Dossier) -> str:
    written = dossier["head"]["period"]
    if written:
        return period(written)
    periods = sorted({row["period"] for row in dossier["estimates"]["rows"]})
    return "–".join(dict.fromkeys(period(one) for one in (periods[0], periods[-1]))) if periods else ""


def _summary(dossier: Dossier) -> list[Block]:
    told, head = dossier["summary"], dossier["head"]
    indicator = _(BESIDE).format(indicator=in_digits(head["indicator"]), relation=label(head["relation_words"]))
    rows = [
        (_("Indicator"), indicator),
        (_("How it was done"), label(told["design"])),
        (_("How sure are we?"), label(told["sure"])),
        (_("Who was counted, who was not"), label(told["counted"])),
        (_("What the checks noticed"), label(told["checks"])),
        (_("Beside official figures"), " ".join(label(one) for one in told["beside"])),
        (_("What it does not tell"), " ".join(label(one) for one in told["not_told"])),
        (_("What to supply next"), label(told["next"])),
        (_("Licence"), head["licence"] or _("none stated")),
    ]
    asked = [
        [
            label(one["title"]),
            one["owner"],
            ", ".join(filter(None, map(label, (one["result_label"], one["grade_label"])))),
        ]
        for one in told["profiles"]
    ]
    header = [_("Profile"), _("Whose it is"), _("What it says today")]
    return [*facts(rows), *table(_("The rule of each office, read today"), header, asked, "lll")]


def _result(profile: Mapping[str, Any]) -> str:
    return " · ".join(filter(None, (label(profile["result_label"]), label(profile["grade_label"]))))


def _design(dossier: Dossier) -> list[Block]:
    one = dossier["design"]
    clusters = ", ".join(" + ".join(stage) for stage in one["clusters"])
    margins = [
        _("{source}, {day}, for {n} areas").format(source=m["source"], day=in_digits(m["as_of"]), n=said(m["areas"]))
        for m in one["margins"]
    ]
    rows = [
        (_("How the answers came about"), f"{label(one['words'])} {label(one['note'])}"),
        (_("One row stands for"), label(one["unit"])),
        (_("Who or what is meant"), label(one["meant"])),
        (_("The list they come from (frame)"), label(one["frame"])),
        (_("How many others each answer stands for (weights)"), label(one["weights"])),
        (_("Parts of the sample drawn apart (strata)"), ", ".join(one["strata"])),
        (_("Groups drawn together (clusters)"), clusters),
        (_("Known totals (margins)"), "; ".join(margins)),
        (_("Rows that are meant"), " ".join(label(rows["why"]) for rows in one["chosen_rows"])),
        (_("Interval"), f"{said(100 * one['confidence'])} % ({one['interval']})"),
    ]
    return [*facts(rows), *text(label(one["uncertainty"]))]


def _instrument(dossier: Dossier) -> list[Block]:
    one = dossier["instrument"]
    rows = [
        (_("Kit"), f"{label(one['title'])} ({_versioned(one['kit'])})"),
        (_("What it measures"), label(one["description"])),
        (_("Beside the indicator"), label(dossier["head"]["relation_note"])),
        (_("Departs from"), one["variant_of"]),
        (_("Languages in which a native speaker read the questions"), ", ".join(one["reviewed"])),
    ]
    asked = [[label(q["question"]) or label(q["label"]), _answers(q), q["column"]] for q in one["questions"]]
    header = [_("Question"), _("Answers"), _("Column of the file")]
    return [
        *facts(rows),
        *table(_("What was asked, and where it stands in the file"), header, asked, "lll"),
        *text(_(DERIVED).format(names=", ".join(map(label, one["derived"]))) if one["derived"] else ""),
    ]


def _versioned(kit: str) -> str:
    """A name and its version, apart, so that nobody takes them for an address."""
    return kit.replace("@", " ")


def _answers(question: Mapping[str, Any]) -> str:
    if question["answers"]:
        return " · ".join(label(answer) for answer in question["answers"])
    return label(question["unit"]) or (_("a number") if question["kind"] == "number" else _("words"))


def _fieldwork(dossier: Dossier) -> list[Block]:
    one = dossier["fieldwork"]
    lost = [[label(entry["text"]), said(entry["rows"])] for entry in one["explained"]]
    told = [one["balance"], one["days"], *one["people"].values(), one["minutes"], one["corrections"]]
    return [
        *listed(label(each) for each in told),
        *table(_("Why rows are not used"), [_("Reason"), _("Rows")], lost, "lr"),
    ]


def _limits(dossier: Dossier) -> list[Block]:
    return listed(label(one) for one in dossier["summary"]["not_told"])


def _digests(dossier: Dossier) -> list[Block]:
    one = dossier["digests"]
    named = [(_("Recipe"), one["recipe"]), (_("Kit"), one["kit"])]
    made = [[f"{what} {_versioned(entry['id'])}", entry["sha256"]] for what, entry in named]
    files = [[entry["file"], entry["sha256"]] for entry in (*one["sources"], *one["beside"])]
    versions = ", ".join(f"{name} {number}" for name, number in one["program"].items())
    return [
        *text(_("Whoever has the same files can compute all of this again, and see whether one byte differs.")),
        *table(_("SHA-256 of what was read"), [_("File"), "SHA-256"], made + files, "lc"),
        *heading(_("Made with")),
        *text(versions, "small"),
    ]
