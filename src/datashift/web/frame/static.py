"""Static files as the site serves them: named by their bytes, compressed, scripts without remarks."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

_LINE_REMARK = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
_BLOCK_REMARK = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)


def without_remarks(script: str) -> str:
    """Return a script of ours without the lines that are remarks: on a slow line they take a fifth of the time."""
    return _LINE_REMARK.sub("", _BLOCK_REMARK.sub("", script))


def collect() -> None:
    """Put the static files where the site serves them from; nothing is touched where they are there already.

    Collecting takes each file away for a moment, which a site that is running would be asked for.
    """
    mark = Path(settings.STATIC_ROOT) / "collected-from"
    now = _sources()
    if not mark.is_file() or mark.read_text("ascii") != now:
        call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
        mark.write_text(now, "ascii")


def _sources() -> str:
    """A digest of all files as they are shipped, and of this module, which changes them."""
    found = sha256(Path(__file__).read_bytes())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda one: str(one[0])):
            found.update(f"\n{name}\n".encode())
            with storage.open(name) as file:
                found.update(file.read())
    return found.hexdigest()


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names the modules that a script imports by their bytes, too, so that parts of two versions never meet."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # a module's name follows from those it imports, and so on down

    def _save(self, name: str, content: Any) -> str:
        if name.startswith("fill/") and name.endswith(".js"):
            content = ContentFile(without_remarks(b"".join(content.chunks()).decode()).encode())
        saved: str = super()._save(name, content)
        return saved
