"""What is pulled from where: a source as a record, from TOML or made in memory. A token is never part of it."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator

from datashift.errors import BadPull
from datashift.language import N_, _
from datashift.model.record import Names, Record

Kind = Literal["kobo", "odk-central", "ushahidi", "wpdx", "sensors", "openaq", "sheet", "csv"]

_HOMES = {"wpdx": "https://data.waterpointdata.org", "openaq": "https://api.openaq.org"}
_WPDX = "eqje-vguj"

_NEEDED = N_("{field} is missing")
_TOKEN_FIELDS = ("token", "password", "key_api", "api_key", "secret")


class Source(Record):
    """One source of another system.

    `address` is where the system stands (kobo, odk-central), or the table itself (csv, sheet, ushahidi, sensors; there
    {year}, {month}, {day} and {date} stand for the parts of a day, and `since` says from which day on). `form` is the
    asset of KoBo, the form of ODK Central, the dataset of WPdx, the sensor of openAQ; `project` is a number of Central.
    `token_from` names the environment variable with the token. `token` exists in memory only: it is not read from
    TOML, not written by `model_dump`, and not shown by `repr`.
    `key` names columns that tell rows apart, `only_new` leaves records alone that were pulled before.
    """

    kind: Kind
    address: str = ""
    form: str = ""
    project: str = ""
    token_from: str = ""
    key: Names = ()
    only_new: bool = False
    since: date | None = None
    until: date | None = None
    token: SecretStr | None = Field(default=None, exclude=True, repr=False)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"kobo": ("address", "form"), "odk-central": ("address", "project", "form"), "wpdx": ()}
        fields = needed.get(self.kind, ("form",) if self.asks_openaq else ("address",))
        if "{" in self.address:
            fields = (*fields, "since")
        missing = [field for field in fields if not getattr(self, field)]
        if missing:
            raise ValueError(_(_NEEDED).format(field=", ".join(missing)))
        return self

    @property
    def asks_openaq(self) -> bool:
        """Whether the API of openAQ is asked, and not its archive of daily files."""
        return self.kind == "openaq" and "{" not in self.address

    @property
    def home(self) -> str:
        """Where the system stands, without a slash at the end."""
        return (self.address or _HOMES.get(self.kind, "")).rstrip("/")

    @property
    def asset(self) -> str:
        """What is asked for there; for WPdx without a form the dataset that everybody uses (WPdx+)."""
        return self.form or (_WPDX if self.kind == "wpdx" else "")

    @property
    def mark(self) -> str:
        """A short digest of what is pulled, so that two sources are not taken for one another. Holds no token."""
        told = "\n".join((self.kind, self.home, self.project, self.asset, *self.key))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def secret(self, environment: Mapping[str, str] = os.environ) -> str:
        """Return the token; "" where the source needs none. Raises BadPull where the variable is empty."""
        if self.token is not None:
            return self.token.get_secret_value()
        if not self.token_from:
            return ""
        found = environment.get(self.token_from, "").strip()
        if not found:
            raise BadPull("pull.no-token", name=self.token_from)
        return found


def parse_source(text: str, file: str) -> Source:
    """Return the source that the TOML `text` states; `file` names it in errors. Raises BadPull."""
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise BadPull("pull.not-toml", file=file, problem=problem) from None
    if any(field in stated for field in _TOKEN_FIELDS):
        raise BadPull("pull.token-in-file", file=file)
    try:
        return Source(**stated)
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "source"
        # What was written there is not repeated: it could be a token in the wrong place.
        raise BadPull("pull.bad-field", file=file, field=field, problem=first["msg"]) from None


def shown(address: str) -> str:
    """Return an address as messages may show it: without what stands behind ? and #, where secrets may be."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
