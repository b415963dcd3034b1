"""`datashift official`: official files taken into the store, their series, and what was revised between releases."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import add_verbs, home
from datashift.language import N_, _

if TYPE_CHECKING:
    from datashift.official import Snapshot

HELP = N_("official figures: take files into the store, show series, and see what was revised between two releases")

Told = tuple[str, Callable[[], Any]]

_DATES = (
    ("--released", N_("the date of the release, such as 2024-03, where the file does not say it")),
    ("--retrieved", N_("the day the file was downloaded, such as 2024-03-15")),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs import, list, show, revisions and export; without a verb it lists."""
    made = add_verbs(parser, {verb: text for verb, (_run, text) in VERBS.items()})
    _import_arguments(made["import"])
    for verb in ("show", "revisions", "export"):
        _question_arguments(made[verb])
    for verb in ("show", "export"):
        _more_question_arguments(made[verb])
    made["show"].add_argument("--group", default="", help=_("a group, such as SEX=F, or total for everybody"))
    made["export"].add_argument("--out", type=Path, help=_("write the table here (CSV)"))


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=_("the file: CSV, SDMX, JSON, also as gzip or ZIP"))
    parser.add_argument("--source", default="", help=_("a name for the data set; without it the name of who made it"))
    for option, text in _DATES:
        parser.add_argument(option, default="", help=_(text))
    parser.add_argument("--layout", default="auto", help=_("the layout of the file, where it is not found by itself"))
    parser.add_argument("--indicator", default="", help=_("the SDG indicator of figures that name none, such as 6.1.1"))
    parser.add_argument("--area", default="", help=_("the country of figures that name no place, such as KE"))
    parser.add_argument("--area-as-of", default="", help=_("the day whose areas the names of places mean"))
    parser.add_argument(
        "--accept-fewer", action="store_true", help=_("take it although it has far fewer figures than the last one")
    )
    parser.add_argument("--whole", action="store_true", help=_("the last row is whole although it has no line end"))


def _question_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--series", default="", help=_("a series, such as SH_H2O_SAFE"))
    parser.add_argument("--area", default="", help=_("a place: our id, ISO 3166 or M49, such as KE, KEN or 404"))
    parser.add_argument("--source", default="", help=_("the name of the data set, as datashift official list shows it"))


def _more_question_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--indicator", default="", help=_("an SDG indicator, such as 6.1.1"))
    parser.add_argument("--snapshot", default="", help=_("one snapshot; without it the newest of each data set"))


def run(options: argparse.Namespace) -> Told:
    """Run one verb; return the text for people and the data for machines. Raises BadOfficial and Unreadable."""
    verb, _text = VERBS[options.verb or "list"]
    return verb(options)


def _import(options: argparse.Namespace) -> Told:
    from datashift.official import changes, import_snapshot, wording
    from datashift.read.store import content

    names = ("source", "released", "retrieved", "layout", "indicator", "area", "area_as_of", "accept_fewer", "whole")
    stated: Any = {name: getattr(options, name) for name in names}
    done = import_snapshot(content(options.file), options.file.name, home(), **stated)
    since = None
    if done.new and done.before:
        pairs = changes(home(), source=done.snapshot.source)
        since = next((pair for pair in pairs if pair.after.id == done.snapshot.id), None)
    return "\n".join(wording.imported(done, since)), lambda: {
        "new": done.new,
        "snapshot": _as_data(done.snapshot),
        "before": done.before.id if done.before else None,
        "without_place": done.without_place,
        "changes": _counts(since) if since else None,
    }


def _list(_options: argparse.Namespace) -> Told:
    from datashift.official import snapshots, wording

    kept = snapshots(home())
    return "\n".join(wording.listed(kept)), lambda: [_as_data(one) for one in kept]


def _show(options: argparse.Namespace) -> Told:
    from datashift.official import time_series, wording

    found = [one for one in time_series(home(), **_asked(options)) if _in_group(one.breakdown, options.group)]
    if not found:
        raise _nothing(options)
    return "\n".join(wording.shown(found)), lambda: [asdict(one) for one in found]


def _revisions(options: argparse.Namespace) -> Told:
    from datashift.official import changes, revisions, wording

    asked = _asked(options)
    where = {"source": asked["source"], "series": asked["series"], "area": asked["area"]}
    found, counts = revisions(home(), **where), changes(home(), **where)
    return "\n".join(wording.revised(found, counts)), lambda: {
        "changes": [_counts(each) for each in counts],
        "revisions": [asdict(one) for one in found],
    }


def _export(options: argparse.Namespace) -> Told:
    import io

    from pyarrow import csv

    from datashift.official import observations

    table = observations(home(), **_asked(options))
    if not len(table):
        raise _nothing(options)
    stream = io.BytesIO()
    csv.write_csv(table, stream)
    if options.out:
        options.out.write_bytes(stream.getvalue())
        text = _("Wrote {count} official figures to {file}.").format(count=len(table), file=options.out)
        return text, lambda: {"file": str(options.out), "figures": len(table)}
    return stream.getvalue().decode("utf-8").rstrip("\n"), table.to_pylist


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    from datashift.errors import BadOfficial
    from datashift.official.codes import places

    area = options.area.strip()
    known = area if area.startswith("M49:") else places(home())(area) if area else ""
    if area and not known:
        raise BadOfficial("official-import.no-place", text=area)
    names = ("source", "series", "indicator", "snapshot")
    return {name: getattr(options, name, "").strip() for name in names} | {"area": known}


def _in_group(breakdown: Any, group: str) -> bool:
    if not group:
        return True
    wanted = set() if group.lower() == "total" else {tuple(part.split("=", 1)) for part in group.split(";")}
    return wanted == set(breakdown)


def _nothing(options: argparse.Namespace) -> Exception:
    from datashift.errors import BadOfficial

    names = ("series", "indicator", "area", "source", "snapshot", "group")
    asked = ", ".join(text for name in names if (text := getattr(options, name, "")))
    return BadOfficial("official-import.no-figure", asked=asked or "–")


def _as_data(one: Snapshot) -> dict[str, Any]:
    return asdict(one) | {"file": str(one.file), "dated": one.dated}


def _counts(pair: Any) -> dict[str, Any]:
    numbers = {name: getattr(pair, name) for name in ("added", "removed", "changed", "reclassified", "same")}
    return {"before": pair.before.id, "after": pair.after.id, **numbers}


VERBS: dict[str, tuple[Callable[[argparse.Namespace], Told], str]] = {
    "import": (_import, N_("take an official file into the store as a dated snapshot")),
    "list": (_list, N_("which official snapshots are in the store")),
    "show": (_show, N_("official series over the years, with nature, source and notes")),
    "revisions": (_revisions, N_("what a source changed between its releases")),
    "export": (_export, N_("official figures as one table (CSV)")),
}
