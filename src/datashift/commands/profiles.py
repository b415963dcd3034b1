"""`datashift profiles`: what each statistics office asks of data, one of them in full, and a check of an own one."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import add_verbs
from datashift.language import LANGUAGES, N_, _, label
from datashift.layout import wrapped
from datashift.numbers import said

if TYPE_CHECKING:
    from datashift.standards.profiles import Gate, Profile, Score, Tick

HELP = N_("list what statistics offices ask of data, show one such profile, check an own one")

Told = tuple[str, Callable[[], Any]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands show and check; without one, the profiles are listed."""
    made = add_verbs(parser, {verb: text for verb, (_run, text) in VERBS.items()})
    made["show"].add_argument("profile", help=_("the id of a profile, or a file"))
    made["check"].add_argument("file", type=Path, help=_("the profile (TOML)"))


def run(options: argparse.Namespace) -> Told:
    """Run one of the commands; return the text for people and a function for the JSON. Raises BadProfile."""
    return VERBS[options.verb][0](options) if options.verb else _list()


def _list() -> Told:
    from datashift.standards.profiles import known_profiles, shipped_profile

    profiles = [shipped_profile(name) for name in known_profiles()]
    lines = []
    for profile in profiles:
        lines.append(f"{profile.id} {profile.version}  {label(profile.title)}")
        lines.append(wrapped(_rule(profile), "    "))
    return "\n".join(lines), lambda: [profile.model_dump(mode="json") for profile in profiles]


def _show(options: argparse.Namespace) -> Told:
    profile = _profile(options.profile)
    return "\n".join(_described(profile)), lambda: profile.model_dump(mode="json")


def _check(options: argparse.Namespace) -> Told:
    profile = _from_file(options.file)
    counts = _("It has {gates} gates and {criteria} criteria.")
    lines = [
        _("{file} can be used.").format(file=options.file.name),
        counts.format(gates=said(len(profile.gates)), criteria=said(len(profile.criteria))),
        wrapped(_rule(profile)),
    ]
    lines += _languages(profile)
    return "\n".join(lines), lambda: {
        "profile": f"{profile.id}@{profile.version}",
        "gates": len(profile.gates),
        "criteria": len(profile.criteria),
        "pieces": list(profile.pieces),
        "untranslated": _untranslated(profile),
    }


def _profile(name: str) -> Profile:
    from datashift.standards.profiles import shipped_profile

    return _from_file(Path(name)) if name.endswith(".toml") else shipped_profile(name)


def _from_file(path: Path) -> Profile:
    from datashift.errors import BadProfile
    from datashift.standards.profiles import parse_profile

    try:
        return parse_profile(path.read_bytes().decode("utf-8-sig"), path.name)
    except UnicodeDecodeError as problem:
        raise BadProfile("profile.not-utf8", file=path.name) from problem


# --- one profile --------------------------------------------------------------------------------------------------


def _described(profile: Profile) -> Iterator[str]:
    yield f"{profile.id} {profile.version}  {label(profile.title)}"
    yield profile.owner
    yield wrapped(label(profile.about))
    yield wrapped(_rule(profile))
    if profile.gates:
        yield from ["", _("Gates: each must be passed")]
        yield from (line for gate in profile.gates for line in _box(gate, "  "))
    if profile.criteria:
        yield from ["", _("Criteria")]
        yield from (line for score in profile.criteria for line in _score(score))
    if profile.unseen:
        yield from ["", wrapped(label(profile.unseen))]
    yield from ["", _("Sources"), *(wrapped(source, "  ") for source in profile.sources), *_languages(profile)]


def _score(score: Score) -> Iterator[str]:
    yield f"  {label(score.label)}  0–{said(score.top, 0 if score.top == round(score.top) else 1)}"
    if score.asks:
        yield wrapped(label(score.asks), "    ")
    if score.rated:
        yield wrapped(_("A person gives the score. Beside it: {pieces}").format(pieces=_names(score.evidence)), "    ")
    elif score.ticks:
        for tick in score.ticks:
            yield from _box(tick, "    ")
    else:
        yield wrapped(_names(score.evidence), "    ")


def _box(box: Tick | Gate, first: str) -> Iterator[str]:
    yield wrapped(f"□ {label(box.label)}", first, first + "  ")
    known = _names(box.evidence)
    if box.rated:
        known = _("A person decides. Beside it: {pieces}").format(pieces=known or "–")
    elif box.enough and box.enough < len(box.evidence):
        known = _("{count} of these: {pieces}").format(count=said(box.enough), pieces=known)
    if known:
        yield wrapped(known, first + "  ")


def _names(pieces: tuple[str, ...]) -> str:
    from datashift.standards.profiles import catalogue

    return "; ".join(f"{piece} {label(catalogue().by_id[piece].label)}" for piece in pieces)


def _rule(profile: Profile) -> str:
    """The rule in words."""
    rule = profile.rule
    if rule is None:
        return _("It has no rule: it describes.")
    parts = [_("Every gate is passed.")] if profile.gates else []
    if rule.above_mean is not None:
        parts.append(_("The mean score is above {bound}.").format(bound=said(rule.above_mean, 1)))
    if rule.least_total is not None:
        most = said(sum(score.top for score in profile.criteria))
        text = _("The scores add up to {least} of {most} or more.")
        parts.append(text.format(least=said(rule.least_total), most=most))
    parts += [_("No score is zero.")] if rule.no_zero else []
    grades = "; ".join(label(grade.label) for grade in rule.grades)
    parts += [_("Grades: {grades}.").format(grades=grades)] if grades else []
    return " ".join(parts)


def _languages(profile: Profile) -> list[str]:
    """Which languages are missing or were not read by a native speaker."""
    missing = _untranslated(profile)
    unread = [language for language in LANGUAGES if language not in (*profile.reviewed, *missing)]
    lines = []
    if missing:
        lines.append(_("Some texts are missing in: {languages}.").format(languages=", ".join(missing)))
    if unread:
        lines.append(_("Not yet reviewed by native speakers: {languages}.").format(languages=", ".join(unread)))
    return lines


def _untranslated(profile: Profile) -> list[str]:
    labels = [profile.title, profile.about, *(part.label for part in profile.parts)]
    labels += [tick.label for score in profile.criteria for tick in score.ticks]
    return [language for language in LANGUAGES if not all(one.get(language) for one in labels)]


VERBS: dict[str, tuple[Callable[[argparse.Namespace], Told], str]] = {
    "show": (_show, N_("show a profile: its gates, its criteria, its rule, and what of the original was not seen")),
    "check": (_check, N_("check a profile of your own, written as a file")),
}
