"""Sources in other systems: added, changed, stopped, deleted, and asked when their time has come.

Nothing here reads a row or asks the network; that is the job `pull` in `pulling`. A token is sealed as it comes in,
and goes nowhere but to the host of the address for which it was entered.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import tomli_w
from django.db import transaction
from django.utils import timezone

from datashift.errors import BadPull
from datashift.language import N_, _
from datashift.web.collection.models import Dataset, Pulling
from datashift.web.jobs.services import QUARTER, enqueue
from datashift.web.people.models import Organisation, User
from datashift.web.people.sealed import opened, sealed
from datashift.web.people.services import record

PULL = "pull"
LOOKING = N_("looking what is to be fetched")
EVERY = {
    Pulling.Often.HOUR: timedelta(hours=1),
    Pulling.Often.DAY: timedelta(days=1),
    Pulling.Often.WEEK: timedelta(days=7),
}
SOON = timedelta(hours=1)
"""When a source that did not answer is asked again."""
FEWER = "pull.mostly-gone"

FIELDS = {
    "address": N_("Address"),
    "project": N_("Number of the project"),
    "form": N_("Form"),
    "key": N_("Columns that tell rows apart"),
    "since": N_("First day"),
    "token": N_("Token"),
}


class Asked(NamedTuple):
    """What has to be said of a source of some kind, and what may be."""

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


KINDS: Mapping[str, Asked] = {
    "kobo": Asked(("address", "form", "token")),
    "odk-central": Asked(("address", "project", "form", "token")),
    "sheet": Asked(("address",), ("key",)),
    "csv": Asked(("address",), ("key", "token")),
    "ushahidi": Asked(("address",), ("token",)),
    "wpdx": Asked((), ("form",)),
    "openaq": Asked(("form", "token"), ("since",)),
    "sensors": Asked(("address",), ("since",)),
}
"""The kinds of sources of `datashift.pull`, those first that most people have."""


@dataclass(frozen=True)
class Stated:
    """What a person says of a source. `fields` are those of FIELDS, as typed; the token among them is not repeated."""

    title: str
    kind: str
    fields: Mapping[str, str] = field(repr=False)
    often: str = Pulling.Often.NEVER
    country: str = ""


def add(*, organisation: Organisation, stated: Stated, by: User) -> Pulling:
    """Keep a new source and fetch it for the first time. Raises BadPull where something is missing."""
    text = as_toml(stated)
    with transaction.atomic():
        made = Pulling.objects.create(
            organisation=organisation, title=_title(stated), country=stated.country, kind=stated.kind, source=text,
            token=_token(stated), often=_often(stated), by=by,
        )  # fmt: skip
        _record("source-added", made, by, kind=made.kind)
        enqueue(PULL, str(made.pk))
    return made


def change(*, pulling: Pulling, stated: Stated, by: User) -> Pulling:
    """Keep what is said now; whoever says it answers for the source from now on.

    What is fetched can be changed as long as no rows came. With another address the token has to be entered again: it
    was given for the former one. Raises BadPull.
    """
    with transaction.atomic():
        found = _locked(pulling)
        if not found.state:
            text = as_toml(stated, keeps_token=bool(found.token) and _same_place(found, stated))
            if not _same_place(found, stated):
                found.token = ""
            found.source, found.country = text, stated.country
        found.title, found.often, found.by = _title(stated), _often(stated), by
        found.token = _token(stated) or found.token
        found.save(update_fields=["source", "country", "title", "often", "by", "token"])
        _record("source-changed", found, by)
        _ask(found)
    return found


def fetch_now(*, pulling: Pulling, by: User, fewer: bool = False) -> None:
    """Ask for the rows now; with `fewer` also where so few are left as the last time."""
    with transaction.atomic():
        found = _locked(pulling)
        if fewer and found.problem.get("code") == FEWER:
            found.accepts = int(found.problem["facts"]["after"])
            found.save(update_fields=["accepts"])
            _record("source-fewer", found, by, rows=found.accepts)
        _ask(found)


def stop(*, pulling: Pulling, by: User | None, stopped: bool = True) -> None:
    """Fetch nothing more until somebody wants it again (`stopped` is False)."""
    with transaction.atomic():
        found = _locked(pulling)
        found.stopped = timezone.now() if stopped else None
        found.save(update_fields=["stopped"])
        _record("source-stopped" if stopped else "source-goes-on", found, by)
        _ask(found)


def delete(*, pulling: Pulling, by: User) -> None:
    """Forget a source and its token; the data set that was made of its rows stays."""
    with transaction.atomic():
        found = _locked(pulling)
        _record("source-deleted", found, by)
        found.delete()


# --- when ------------------------------------------------------------------------------------------------------------


def pull_due(_subject: str, progress: Callable[[str], None]) -> None:
    """Ask for every source whose time has come; the worker asks for this job every quarter of an hour."""
    progress(LOOKING)
    now = timezone.now()
    open_ones = Pulling.objects.filter(stopped=None).exclude(often=Pulling.Often.NEVER)
    for one in open_ones.defer("state").select_related("dataset"):
        if is_due(one, now) and not held_up(one.dataset):
            enqueue(PULL, str(one.pk))


def is_due(pulling: Pulling, now: datetime) -> bool:
    """Say whether the time of a source has come. One whose data set was deleted waits for a person."""
    if pulling.often == Pulling.Often.NEVER or (pulling.at and pulling.dataset_id is None):
        return False
    if pulling.tried is None:
        return True
    every = EVERY[Pulling.Often(pulling.often)]
    if pulling.problem.get("passes"):
        every = min(every, SOON)
    return pulling.tried <= now - every + QUARTER / 2


def held_up(dataset: Dataset | None) -> bool:
    """Say whether nothing may take the place of a file now: it is reviewed, or withdrawn answers leave it."""
    return dataset is not None and (dataset.state == Dataset.State.IN_REVIEW or dataset.screening)


# --- what was said ---------------------------------------------------------------------------------------------------


def as_toml(stated: Stated, *, keeps_token: bool = False) -> str:
    """Return a source as the TOML that `datashift.pull` reads, without a token. Raises BadPull."""
    if stated.kind not in KINDS:
        raise BadPull("pull.not-stated", field=_("Where the rows are"))
    asked = KINDS[stated.kind]
    said = {name: stated.fields.get(name, "").strip() for name in (*asked.needs, *asked.may)}
    needed = [*asked.needs, *(["since"] if "{" in said.get("address", "") else [])]
    for name in needed:
        if not said.get(name) and not (name == "token" and keeps_token):
            raise BadPull("pull.not-stated", field=_(FIELDS[name]))
    _require_proper(said)
    told: dict[str, Any] = {"kind": stated.kind} | {name: text for name, text in said.items() if text}
    told.pop("token", None)
    if "since" in told:
        told["since"] = _day(told["since"])
    if "key" in told:
        told["key"] = [one.strip() for one in told["key"].split(",") if one.strip()]
    return tomli_w.dumps(told)


def said_of(pulling: Pulling) -> dict[str, str]:
    """Return the fields of a source as they were typed; never the token."""
    told = tomllib.loads(pulling.source)
    told.pop("kind", None)
    return {name: ", ".join(one) if isinstance(one, list) else str(one) for name, one in told.items()}


def token_of(pulling: Pulling) -> str:
    """Return the token of a source; "" where it has none. Raises BadPull where the key of the site is another one."""
    try:
        return opened(pulling.token) if pulling.token else ""
    except ValueError:
        raise BadPull("pull.token-lost") from None


def _require_proper(said: Mapping[str, str]) -> None:
    address = said.get("address", "")
    if not address:
        return
    try:
        parts = urlsplit(address)
    except ValueError:
        raise BadPull("pull.address", address="…") from None
    if parts.username is not None or parts.password is not None:
        raise BadPull("pull.password-in-address", host=parts.hostname or "…")
    if parts.scheme != "https" or not parts.hostname:
        raise BadPull("pull.address", address=address.partition("?")[0][:200])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadPull("pull.not-stated", field=_(FIELDS["since"])) from None


def _title(stated: Stated) -> str:
    title = "".join(sign for sign in stated.title if sign.isprintable()).strip()[:150]
    if not title:
        raise BadPull("pull.not-stated", field=_("What shall it be called?"))
    return title


def _often(stated: Stated) -> str:
    return stated.often if stated.often in Pulling.Often.values else Pulling.Often.NEVER


def _token(stated: Stated) -> str:
    asked = KINDS.get(stated.kind, Asked(()))
    token = stated.fields.get("token", "").strip() if "token" in (*asked.needs, *asked.may) else ""
    return sealed(token) if token else ""


def _same_place(found: Pulling, stated: Stated) -> bool:
    address = stated.fields.get("address", "").strip()
    return found.kind == stated.kind and (not address or _host(address) == _host(said_of(found).get("address", "")))


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def _ask(found: Pulling) -> None:
    if found.stopped is None and not held_up(found.dataset):
        enqueue(PULL, str(found.pk))


def _locked(pulling: Pulling) -> Pulling:
    found = Pulling.objects.select_for_update(of=("self",)).select_related("organisation", "dataset")
    return found.get(pk=pulling.pk)


def _record(verb: str, pulling: Pulling, by: User | None, **facts: Any) -> None:
    record(verb, f"source:{pulling.pk}", by=by, organisation=pulling.organisation, **facts)
