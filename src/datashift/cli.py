"""The command line: each command imports its verbs when it is called, so that help is instant."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from datashift.commands import home
from datashift.errors import DataShiftError
from datashift.language import LANGUAGES, N_, _, speaking
from datashift.numbers import said

DONE = 0
_as_command = False
"""Whether this process is the command itself: only then may it start processes of its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 2 the input needs a correction, 3 the data cannot answer,
    4 a source is not there now.
    """
    language = _language_of(arguments if arguments is not None else sys.argv[1:])
    with speaking(language):
        options = _parser().parse_args(arguments)
        try:
            return int(options.command(options) or DONE)
        except DataShiftError as problem:
            _say_problem(problem, as_json=options.json)
            return problem.exit_code
        except (BrokenPipeError, KeyboardInterrupt):
            return 130
        except OSError as problem:
            print(_("{file}: {problem}").format(file=problem.filename, problem=problem.strerror), file=sys.stderr)
            return 2


def console() -> int:
    """Run the program as a command of its own."""
    global _as_command
    _as_command = True
    sys.meta_path.insert(0, _WithoutPandas())
    # A command lives for seconds: looking for garbage that often costs more than it frees.
    gc.set_threshold(200_000, 20, 20)
    return main()


@contextmanager
def _draftsman() -> Iterator[Callable[[Any], Any]]:
    """Give a process of its own that draws while this one reads, estimates and checks; with one core, draw here."""
    if not _as_command or (os.cpu_count() or 1) < 2:
        yield lambda drawing: drawing
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(_get_ready)
        yield partial(_elsewhere, pool)


def _elsewhere(pool: Executor, drawing: Callable[[], Any]) -> Callable[[], Any]:
    started = pool.submit(drawing)

    def chart() -> Any:
        try:
            return started.result()
        except BrokenExecutor:
            # The other process was ended (a small machine may do that for want of memory): draw here.
            return drawing()

    return chart


def _get_ready() -> None:
    from datashift.draw import get_ready

    get_ready()


class _WithoutPandas:
    """pyarrow loads pandas where it finds it: a second that nothing here needs."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


# --- commands -------------------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> None:
    started = time.monotonic()
    with _draftsman() as draw:
        from datashift import terminal
        from datashift.inputs import gather
        from datashift.pipeline import run
        from datashift.release import publish

        progress = _progress(options)
        inputs = gather(options.recipe, home())
        result = run(inputs, progress, draw)
    progress(_("writing the release"))
    bundle = publish(result, options.out, home=home())
    _show(options, terminal.report(result, options.out, bundle), lambda: terminal.as_json(result, bundle))
    progress(_("done in {seconds} s").format(seconds=said(time.monotonic() - started, 1)))


def _verify(options: argparse.Namespace) -> int:
    from datashift import terminal
    from datashift.release import check

    stages = check(options.bundle, evidence=options.evidence)
    _show(options, terminal.verification(stages), lambda: [vars(stage) for stage in stages])
    return 2 if any(stage.status == "differs" for stage in stages) else DONE


def _suggest(options: argparse.Namespace) -> None:
    from datashift import terminal
    from datashift.harmonise import suggest
    from datashift.read import read
    from datashift.standards.areas import countries, known_areas
    from datashift.standards.kits import known_kits, parse_kit, shipped_kit
    from datashift.standards.variants import kit_text

    raw = read(options.file, sheet=options.sheet, keep=home())
    if options.kit:
        kits = [parse_kit(kit_text(options.kit, Path()), "kit.toml")]
    else:
        kits = [shipped_kit(name) for name in known_kits()]
    words = None
    if options.form:
        from datashift.forms.words import words_of
        from datashift.forms.xlsform import read_form

        words = words_of(read_form(options.form), raw.table.column_names[1:])
    areas = {country: known_areas(country) for country in countries()}
    ledger = options.corrections.as_posix() if options.corrections else ""
    found = suggest(raw, kits, areas, words, (options.country or "").upper(), ledger)
    if options.out:
        options.out.write_text(found.recipe, "utf-8")
    _show(options, terminal.suggestion(raw, found, options.out), lambda: terminal.suggestion_json(found))


def _demo(options: argparse.Namespace) -> None:
    started = time.monotonic()
    with _draftsman() as draw:
        from datashift import demo, terminal

        progress = _progress(options)
        if options.download:
            demo.download(home(), progress)
        shown = demo.run(options.out, home(), progress, draw)
    _show(options, terminal.demonstration(shown, options.out), lambda: terminal.as_json(shown.result, shown.bundle))
    progress(_("done in {seconds} s").format(seconds=said(time.monotonic() - started, 1)))
    if options.serve:
        from datashift.commands import demo as site

        site.show(shown.result, options)


def _module(name: str) -> Callable[[argparse.Namespace], int | None]:
    """Return the command of a module in `commands`: it gives a text, data, and perhaps an exit code."""

    def command(options: argparse.Namespace) -> int | None:
        text, data, *code = import_module(f"datashift.commands.{name}").run(options)
        _show(options, text, data)
        return code[0] if code else DONE

    return command


# --- words on the terminal ------------------------------------------------------------------------------------------


def _show(options: argparse.Namespace, text: str, data: Callable[[], Any]) -> None:
    print(json.dumps(data(), ensure_ascii=False, indent=1, default=str) if options.json else text)


def _progress(options: argparse.Namespace) -> Callable[[str], None]:
    started = time.monotonic()

    def say(stage: str) -> None:
        if not options.quiet:
            print(f"  {time.monotonic() - started:5.1f} s  {stage}", file=sys.stderr, flush=True)

    return say


def _say_problem(problem: DataShiftError, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": problem.as_dict()}, ensure_ascii=False), file=sys.stderr)
    else:
        print(f"{problem}\n  [{problem.code}]", file=sys.stderr)


def _language_of(arguments: Sequence[str]) -> str:
    given = [value for flag, value in pairwise(arguments) if flag == "--language"]
    given += [part.partition("=")[2] for part in arguments if part.startswith("--language=")]
    return (given or [os.environ.get("DATASHIFT_LANGUAGE") or os.environ.get("LANG", "en")[:2]])[0]


# --- the parser -----------------------------------------------------------------------------------------------------

COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int | None], str]] = {
    "suggest": (_suggest, N_("suggest a recipe for a file: kit, columns, values, place and time, with reasons")),
    "run": (_run, N_("from a recipe to figures, comparison, charts and a release bundle")),
    "verify": (_verify, N_("compute a release bundle again, offline, and name the stage where a byte differs")),
    "demo": (_demo, N_("the whole road on example data")),
}
MODULES = (
    "official", "ledger", "claims", "progress", "coverage",
    "assess", "estimate", "pool", "trend", "smooth", "check", "corrections", "redact", "kits", "areas", "standards",
    "structures", "profiles", "serve", "work", "publish", "dossier", "microdata", "points", "pictures",
    "sample", "unseal", "pull", "messages",
)  # fmt: skip
"""Commands with verbs of their own; each is a module of `commands`."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="datashift", description=_("Turns what citizens see into figures that stand beside the official ones.")
    )
    commands = parser.add_subparsers(required=True, metavar=_("command"))
    modules = {name: import_module(f"datashift.commands.{name}") for name in MODULES}
    known = COMMANDS | {name: (_module(name), module.HELP) for name, module in modules.items()}
    found = {name: commands.add_parser(name, help=_(text), description=_(text)) for name, (_c, text) in known.items()}
    for name, sub in found.items():
        sub.set_defaults(command=known[name][0])
        sub.add_argument("--json", action="store_true", help=_("complete output for machines"))
        sub.add_argument("--quiet", action="store_true", help=_("no progress on the error stream"))
        sub.add_argument("--language", choices=LANGUAGES, help=_("language of the output"))
    for name, module in modules.items():
        module.arguments(found[name])
    found["suggest"].add_argument("file", type=Path, help=_("the file with the answers"))
    found["suggest"].add_argument("--sheet", help=_("the sheet of a workbook or the table of an archive"))
    found["suggest"].add_argument("--kit", help=_("the kit, if it is known (its name, or ./ and its folder)"))
    found["suggest"].add_argument("--country", help=_("the country (two letters, ISO 3166-1)"))
    ledger = _("the ledger of corrections, as seen from the recipe")
    found["suggest"].add_argument("--corrections", type=Path, help=ledger)
    found["suggest"].add_argument("--form", type=Path, help=_("the form behind the answers (XLSForm)"))
    found["suggest"].add_argument("--out", type=Path, help=_("write the recipe here"))
    found["run"].add_argument("recipe", type=Path, help=_("the recipe (TOML)"))
    found["run"].add_argument("--out", type=Path, required=True, help=_("the folder for the release"))
    found["verify"].add_argument("bundle", type=Path, help=_("the release bundle (release.zip)"))
    found["verify"].add_argument(
        "--evidence", type=Path, help=_("the private evidence, if it is not beside the bundle")
    )
    found["demo"].add_argument("--out", type=Path, default=Path("demo-output"), help=_("the folder for the release"))
    found["demo"].add_argument("--download", action="store_true", help=_("get the public Tanzanian files first"))
    found["demo"].add_argument("--serve", action="store_true", help=_("then show it on the web site of this machine"))
    found["demo"].add_argument("--port", type=int, default=8000, help=_("the port of the site (default: 8000)"))
    return parser


if __name__ == "__main__":
    sys.exit(console())
