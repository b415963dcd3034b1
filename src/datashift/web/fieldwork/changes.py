"""What another version of a form changes, in plain words, and how many answers each change touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.db.models import Count

from datashift.forms.xform.model import Field, XForm
from datashift.language import _, label
from datashift.web.fieldwork.layouts import Asked, Labels, choices, every, leaves, merged, read, spoken
from datashift.web.fieldwork.models import FormVersion

MOST_NAMED = 8
"""How many answers a sentence names; the others are counted."""
_UNSEEN = ("repeat", "instanceID", "start", "end", "today")


class Change(NamedTuple):
    """One change. kind: new, gone, other-kind, moved, reworded, answers-gone, answers-new, answers-reworded.

    path: of the question in the new version, or in the old one where it is gone. text: what changes, in a sentence or
    two. touched: how many answers came in under versions that asked the question.
    """

    kind: str
    path: str
    text: str
    touched: int = 0


class Numbered(NamedTuple):
    """A version: its number, and its form."""

    number: int
    form: XForm


class Pair(NamedTuple):
    """A question that both versions ask."""

    was: Field
    now: Field
    choices_were: Mapping[str, Labels]
    choices_now: Mapping[str, Labels]


def changes(old: Numbered, new: Numbered, counted: Mapping[str, int]) -> list[Change]:
    """Return what `new` changes. counted: path in `old` -> how many answers came in under versions that asked it."""
    was, now = leaves(old.form), leaves(new.form)
    found: list[Change] = []
    for one in every(merged([old, new]).whole):
        if one.kind in _UNSEEN:
            continue
        before, after = one.paths.get(old.number), one.paths.get(new.number)
        touched = counted.get(before or "", 0)
        if before is not None and after is not None:
            pair = Pair(was[before], now[after], choices(old.form, was[before]), choices(new.form, now[after]))
            told = [*_moved(before, after, pair), *_worded(after, pair), *_offered(after, pair)]
            found += [change._replace(touched=touched) for change in told]
        elif before is not None:
            found.append(_gone(before, one, asked_still=before in now)._replace(touched=touched))
        elif after is not None and after not in was:
            found.append(Change("new", after, _("New: “{question}”.").format(question=_called(one.labels, after))))
    return found


def changes_of(version: FormVersion) -> list[Change]:
    """Return what a version changes about the last one that was published before it; [] where there is none."""
    earlier = version.form.versions.filter(number__lt=version.number).exclude(published=None)
    before = earlier.order_by("-number").first()
    if before is None:
        return []
    old, new = (Numbered(one.number, read(one.xform)) for one in (before, version))
    return changes(old, new, answers_by_question(before))


def answers_by_question(version: FormVersion) -> dict[str, int]:
    """Return by path how many answers came in under versions that asked it."""
    came = version.form.submissions.exclude(version=None).values("version").annotate(number=Count("pk"))
    numbers = {one["version"]: one["number"] for one in came.order_by()}
    counted: Counter[str] = Counter()
    for one in version.form.versions.filter(pk__in=numbers):
        counted.update(dict.fromkeys(leaves(read(one.xform)), numbers[one.pk]))
    return dict(counted)


def _gone(path: str, one: Asked, *, asked_still: bool) -> Change:
    question = _called(one.labels, path)
    if asked_still:
        text = _("“{question}” is answered in another way. What came before stays in a column of its own, {column}.")
        return Change("other-kind", path, text.format(question=question, column=one.name))
    text = _("Not asked any more: “{question}”. What was answered stays.")
    return Change("gone", path, text.format(question=question))


def _moved(before: str, after: str, pair: Pair) -> Iterator[Change]:
    if before != after:
        text = _("“{question}” moved from {before} to {after}. It stays one column. If it asks for something else now, "
                 "give it another name.")  # fmt: skip
        question = _called(spoken(pair.now.label), after)
        yield Change("moved", after, text.format(question=question, before=before, after=after))


def _worded(path: str, pair: Pair) -> Iterator[Change]:
    was, now = spoken(pair.was.label), spoken(pair.now.label)
    if any(was[language] != now[language] for language in was.keys() & now.keys()):
        before = next(was[language] for language in was if language in now and was[language] != now[language])
        after = next(now[language] for language in was if language in now and was[language] != now[language])
        text = _("Asked in other words: “{after}”. It was “{before}”. If it means something else now, give it another "
                 "name.")  # fmt: skip
        yield Change("reworded", path, text.format(after=after, before=before))


def _offered(path: str, pair: Pair) -> Iterator[Change]:
    was, now = pair.choices_were, pair.choices_now
    question = _called(spoken(pair.now.label), path)
    if gone := [_called(said, code) for code, said in was.items() if code not in now]:
        text = _("“{question}” does not offer any more: {answers}. Answers with them stay.")
        yield Change("answers-gone", path, text.format(question=question, answers=_named(gone)))
    if new := [_called(said, code) for code, said in now.items() if code not in was]:
        text = _("“{question}” offers more: {answers}.")
        yield Change("answers-new", path, text.format(question=question, answers=_named(new)))
    for code in (code for code in was if code in now):
        shared = was[code].keys() & now[code].keys()
        if any(was[code][language] != now[code][language] for language in shared):
            text = _("“{question}”: the answer {code} was “{before}” and is “{after}” now. If it means something else, "
                     "give it another name.")  # fmt: skip
            told = text.format(
                question=question, code=code, before=_called(was[code], code), after=_called(now[code], code)
            )
            yield Change("answers-reworded", path, told)


def _named(answers: list[str]) -> str:
    shown = ", ".join(f"“{one}”" for one in answers[:MOST_NAMED])
    rest = len(answers) - MOST_NAMED
    return _("{answers} and {number} others").format(answers=shown, number=rest) if rest > 0 else shown


def _called(labels: Labels, otherwise: str) -> str:
    """Return a text in the language of the page, else in another one, shortened; else what is given instead."""
    text = label(labels) if labels else ""
    return (text if len(text) <= 120 else f"{text[:119]}…") or otherwise
