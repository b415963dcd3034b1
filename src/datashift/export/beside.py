"""A file is there whole or not at all: it is written beside its place and moved there when it is finished."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from datashift.export.plan import unique
from datashift.export.signs import lettered

_UNFINISHED = ".unfinished"


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Yield a hidden folder beside `path` to work in; afterwards it is gone, whatever happened.

    What an earlier attempt left there, because its process was killed, is removed first.
    """
    scratch = path.with_name(f".{path.name}{_UNFINISHED}")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def sweep(folder: Path) -> int:
    """Remove what killed exports left in a folder, and return how many there were. No export may run meanwhile."""
    left = [one for one in folder.glob(f".*{_UNFINISHED}") if one.is_dir()]
    for one in left:
        shutil.rmtree(one)
    return len(left)


def moved(made: Path, path: Path) -> None:
    """Move a finished file or folder to its place, safe on the disk before it gets its name.

    Only the account that wrote it may read it: it holds what people said.
    """
    for one in made.iterdir() if made.is_dir() else [made]:
        with one.open("rb") as stream:
            os.fchmod(stream.fileno(), 0o600)
            os.fsync(stream.fileno())
    if made.is_dir():
        made.chmod(0o700)
    if path.is_dir():
        path.rename(made.with_name("former"))
    made.replace(path)


def gathered(files: Iterable[Path], scratch: Path, path: Path) -> None:
    """Put files together: into a zip where the name of `path` ends with .zip, into a folder otherwise."""
    made = scratch / "gathered"
    if path.suffix.lower() != ".zip":
        made.mkdir()
        for one in files:
            one.replace(made / one.name)
    else:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for one in files:
                archive.write(one, one.name)
                one.unlink()
    moved(made, path)


def file_names(names: Iterable[str]) -> list[str]:
    """Return names that every file system takes, each once."""
    return unique(lettered(name, "_-").strip("_")[:60] or "sheet" for name in names)
