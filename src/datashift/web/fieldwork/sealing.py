"""Answers that a form seals on arrival: from the first byte that is written, only the organisation can read them.

Whoever receives a submission, in this order: `as_recognised` for its digest, `coarse_positions` (coarsening),
`sealed_files`, `seal_fields`, and only then writes. What has no text stays empty: whether a question was answered
can be seen, what was answered cannot.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.crypto import salted_hmac

from datashift import sealed
from datashift.errors import BadProtection
from datashift.sealed import Where
from datashift.web.fieldwork.coarsening import FINE, coarse_positions
from datashift.web.fieldwork.leaves import Leaf, leaves, plain_path, rewritten, rewritten_answers, under
from datashift.web.fieldwork.models import Form

MADE_OF_ANSWERS = ("meta/instanceName", "meta/entity/label")
"""What phones put together of answers: sealed wherever anything is."""
AUDIT = "audit.csv"

_TEXT_COLUMNS = ("old-value", "new-value", "change-reason")
_PLACE_COLUMNS = ("latitude", "longitude", "accuracy")


def seal(text: str, form: Form, instance_id: str, path: str) -> str:
    """Return one answer as sealed text. Raises BadProtection (protection.no-key) where the form has no key."""
    return sealed.seal(text, _public(form), Where(form.form_id, instance_id, path))


def seal_once(text: str, form: Form, instance_id: str, path: str) -> str:
    """Return one answer as sealed text; what is empty, or was sealed for this place already, stays as it is."""
    known = not text.strip() or _is_ours(Leaf(path, path, text), form, instance_id)
    return text if known else seal(text, form, instance_id, path)


def seal_fields(
    form: Form, xml: bytes, answers: Mapping[str, Any], instance_id: str = ""
) -> tuple[bytes, dict[str, Any]]:
    """Return XML and answers in which each answer to a sealed field, in repeats too, is sealed text.

    `instance_id`: where the submission is known by another id than it says. Beside the answers every byte stays, and
    what is sealed already stays too. Raises BadProtection where the form has no key, BadXForm where this is no XML:
    then nothing may be written.
    """
    roots = sealed_paths(form)
    if not roots:
        return xml, dict(answers)
    public, made = _public(form), dict[tuple[str, str], str]()
    instance_id = instance_id or instance_of(xml)

    def change(leaf: Leaf) -> str:
        if not under(leaf.path, roots) or not leaf.text.strip() or _is_ours(leaf, form, instance_id):
            return leaf.text
        if (leaf.place, leaf.text.strip()) not in made:  # the answer in the XML and among the answers is one
            where = Where(form.form_id, instance_id, leaf.place)
            made[leaf.place, leaf.text.strip()] = sealed.seal(leaf.text, public, where)
        return made[leaf.place, leaf.text.strip()]

    return rewritten(xml, change), rewritten_answers(answers, change)


def as_recognised(form: Form, xml: bytes) -> bytes:
    """Return the bytes by which a repeat is recognised: without what is sealed, and with coarse positions.

    A digest of all bytes would let the site find out a sealed yes or no: everything else of the XML is at hand, so it
    could try both. So two contents of one id that differ in sealed answers alone count as one; the first stays.
    """
    roots = sealed_paths(form)
    told = coarse_positions(form, xml, {})[0]
    return rewritten(told, lambda leaf: "" if under(leaf.path, roots) else leaf.text) if roots else told


def says_the_same(form: Form, stored: bytes, coming: bytes) -> bool:
    """Say whether two contents of one id, as they are kept, are one that came before and after the form was protected
    otherwise: then their digests differ, although the phone sent the same.

    What is sealed in one of them cannot be compared. Fine numbers are not where positions were finer then.
    """
    rules_changed = coarse_positions(form, stored, {})[0] != stored
    was, now = ({leaf.place: leaf.text for leaf in leaves(xml)} for xml in (stored, coming))
    return was.keys() == now.keys() and all(
        sealed.is_sealed(was[place]) or sealed.is_sealed(now[place]) or was[place] == now[place]
        or (rules_changed and FINE.sub("", was[place]) == FINE.sub("", now[place]))
        or under(plain_path(place), frozenset(map(plain_path, form.coarse)) if rules_changed else frozenset())
        for place in was
    )  # fmt: skip


def sealed_paths(form: Form) -> frozenset[str]:
    """Return the paths that are sealed; where there is one, also what phones make of answers."""
    named = frozenset(plain_path(path) for path in form.sealed)
    return named | frozenset(MADE_OF_ANSWERS) if named else named


def instance_of(xml: bytes) -> str:
    """Return the id that a submission gives itself; "" where it gives none."""
    return next((leaf.text.strip() for leaf in leaves(xml) if leaf.path == "meta/instanceID"), "")


def _is_ours(leaf: Leaf, form: Form, instance_id: str) -> bool:
    """Say whether this was sealed for here; what somebody else put in, dressed as sealed, is sealed as any text."""
    own = Where(form.form_id, instance_id, leaf.place)
    return sealed.is_sealed(leaf.text) and sealed.claims(leaf.text, own)


def _public(form: Form) -> str:
    if form.seal_key is None:
        raise BadProtection("protection.no-key")
    return form.seal_key.public


# --- files ------------------------------------------------------------------------------------------------------------


def sealed_files(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of sealed fields with their place: a file of such a name is sealed. Ask before `seal_fields`."""
    roots, found = sealed_paths(form), dict[str, str]()

    def look(leaf: Leaf) -> str:
        if under(leaf.path, roots):
            found[leaf.text.strip()] = leaf.place
        return leaf.text

    rewritten_answers(answers, look)
    return found


def stored_name(form: Form, instance_id: str, name: str) -> str:
    """Return the name under which a sealed file is kept: the same each time the file comes, and it tells nothing."""
    told = salted_hmac("datashift.sealed-file", f"{form.pk}\n{instance_id}\n{name}", algorithm="sha256").hexdigest()
    return f"sealed-{told[:32]}.bin"


def seal_file(form: Form, instance_id: str, place: str, name: str, content: bytes) -> bytes:
    """Return a file of a sealed field as bytes for the key of the organisation; the name is sealed with it.

    The same file is never sealed the same way twice: where `stored_name` is there already, it is a repeat.
    """
    return sealed.seal_file(name, content, _public(form), Where(form.form_id, instance_id, place))


def clean_audit(form: Form, content: bytes) -> bytes:
    """Return the audit of a phone without the answers to sealed and coarse fields, and without positions, where the
    form seals any field or tells any position coarsely.
    """
    hidden = sealed_paths(form) | frozenset(map(plain_path, form.coarse))
    if not hidden:
        return content
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig", "replace"), newline="")))
    except csv.Error:  # no audit that a phone writes
        return b""
    header = [name.strip().casefold() for name in rows[0]] if rows else []
    keep = [at for at, name in enumerate(header) if name not in _PLACE_COLUMNS]
    clean = _cleaner(header, hidden)
    made = io.StringIO(newline="")
    table = csv.writer(made, lineterminator="\n")
    table.writerows(
        [[row[at] for at in keep if at < len(row)] for row in (rows[:1] + [clean(row) for row in rows[1:]])]
    )
    return made.getvalue().encode()


def _cleaner(header: list[str], hidden: frozenset[str]) -> Callable[[list[str]], list[str]]:
    node = header.index("node") if "node" in header else -1
    texts = {at for at, name in enumerate(header) if name in _TEXT_COLUMNS}

    def clean(row: list[str]) -> list[str]:
        # The node is told with its root: /data/house/name.
        told = plain_path(row[node]).partition("/")[2] if 0 <= node < len(row) else ""
        if told and not under(told, hidden):
            return row
        return ["" if at in texts else cell for at, cell in enumerate(row)]

    return clean
