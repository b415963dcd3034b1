"""`datashift messages`: a form as a conversation by SMS or USSD, tried on the terminal. Nothing is sent or stored."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.errors import BadMessage
from datashift.language import N_, _, current
from datashift.layout import wrapped

if TYPE_CHECKING:
    from datashift.forms.messages import Room

HELP = N_("try a form as a conversation by SMS or USSD")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the form and the kind of messages."""
    parser.add_argument("form", type=Path, help=_("the form (XLSForm, or XForm as XML)"))
    parser.add_argument("--ussd", action="store_true", help=_("screens of USSD instead of SMS"))


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any]]:
    """Hold the conversation: questions go to the standard output, answers are read from the standard input, one a line.

    Raises BadMessage where the form does not fit, BadForm and Unreadable where it cannot be read.
    """
    from datashift.forms.messages import SMS, USSD, Setting, begin, code_of, go_on, unfit
    from datashift.forms.xform import read_submission, read_xform
    from datashift.forms.xform.making import as_xform
    from datashift.read.store import content

    data = content(options.form)
    form = read_xform(data if options.form.suffix.lower() == ".xml" else as_xform(data, options.form.name))
    if found := unfit(form):
        sys.stderr.write("".join(wrapped(f"- {one}") + "\n" for one in found))
        raise BadMessage("message.not-fitting")
    setting = Setting(datetime.now(UTC), UTC, USSD if options.ussd else SMS)
    spoken = [name for name in form.languages if options.language and code_of(name) == current()]
    turn = begin(form, setting, next(iter(spoken), ""))
    count = _show(turn.text, setting.room, options)
    while not turn.done and (line := sys.stdin.readline()):
        turn = go_on(form, turn.state, line.rstrip("\n"), setting)
        count += _show(turn.text, setting.room, options)
    told = read_submission(form, turn.xml).answers if turn.xml else {}
    state = _("The form is full.") if turn.xml else _("Stopped before the end.")
    lines = [state, *(f"  {path}: {text}" for path, text in told.items() if text and "meta/" not in path)]
    lines.append(_("Messages to the person: {count}").format(count=count))
    return "\n".join(lines), lambda: {"done": turn.xml is not None, "answers": told, "messages": count}


def _show(text: str, room: Room, options: argparse.Namespace) -> int:
    """Show a message and return how many parts it takes."""
    from datashift.forms.messages import parts

    print(f"{text}\n", file=sys.stderr if options.json else sys.stdout, flush=True)
    return parts(text, room)
