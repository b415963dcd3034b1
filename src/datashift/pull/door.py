"""The one door to the network: one question, one answer, never into a private network, never on to somewhere else."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from datashift.errors import BadPull

CONNECT, READ = 10, 60
"""Seconds to wait for a connection, and for the next part of an answer."""

_PART = 1 << 16
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Answer(NamedTuple):
    """What an address answered: status, headers with names in lower case, and the body in parts."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterable[bytes]


Get = Callable[[str, Mapping[str, str]], Answer]
"""Asks an address with headers once, without following it elsewhere. May raise OSError, also while parts are read."""


def door(*, private: bool = False) -> Get:
    """Return a `Get` that asks the network with `requests`.

    Addresses inside private networks (also this machine) are refused, unless `private` is set by who runs the program;
    an address that a visitor entered never may set it. The address is checked where the connection was made, before a
    word is sent, so that a name cannot mean one thing to the check and another to the connection. Proxies, .netrc and
    cookies of the machine play no part. Raises BadPull: pull.private.
    """
    session: list[Any] = []

    def get(address: str, headers: Mapping[str, str]) -> Answer:
        host = urlsplit(address).hostname or ""
        if not private and _is_private_name(host):
            raise BadPull("pull.private", host=host)
        if not session:
            session.append(_session(private=private))
        try:
            response = session[0].get(
                address, headers=dict(headers), stream=True, timeout=(CONNECT, READ), allow_redirects=False
            )
        except OSError as problem:
            if _was_inside(problem):
                raise BadPull("pull.private", host=host) from None
            raise
        session[0].cookies.clear()
        told = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, told, _parts(response))

    return get


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public network, also where it is an IPv4 address in IPv6 clothes."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def is_this_machine(host: str) -> bool:
    """Say whether a name means the machine that asks."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_private_name(host: str) -> bool:
    if is_this_machine(host) or host.lower().rstrip(".").endswith((".local", ".internal", ".lan")):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return not is_public(host)


def _parts(response: Any) -> Iterator[bytes]:
    with response:
        yield from response.iter_content(_PART)


# --- where the connection is made -------------------------------------------------------------------------------------


class _InsideError(OSError):
    """A connection led into a private network."""


def _was_inside(problem: BaseException | None) -> bool:
    """Look for our own refusal inside what `requests` and `urllib3` made of it."""
    seen = 0
    while problem is not None and seen < 10:
        reason = getattr(problem, "reason", None)
        told = [problem, reason, *problem.args]
        if any(isinstance(one, _InsideError) for one in told):
            return True
        after = reason if isinstance(reason, BaseException) else problem.__cause__ or problem.__context__
        inner = next((one for one in problem.args if isinstance(one, BaseException)), None)
        problem, seen = inner or after, seen + 1
    return False


def _session(*, private: bool) -> Any:
    import requests  # noqa: PLC0415 - only who pulls needs the HTTP client

    session = requests.Session()
    # Else a file .netrc or a proxy of the machine could add a password to what an organisation asks for.
    session.trust_env = False
    if not private:
        session.mount("https://", _guarded())
        session.mount("http://", _guarded())
    session.headers["User-Agent"] = "datashift"
    return session


def _guarded() -> Any:
    from requests.adapters import HTTPAdapter  # noqa: PLC0415 - as above
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool  # noqa: PLC0415 - as above
    from urllib3.connection import HTTPConnection, HTTPSConnection  # noqa: PLC0415 - as above

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(super()._new_conn())

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(super()._new_conn())

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    adapter = HTTPAdapter()
    adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return adapter


def _checked(connection: socket.socket) -> socket.socket:
    """Close a connection that leads into a private network, before anything was sent on it."""
    if not is_public(str(connection.getpeername()[0])):
        connection.close()
        raise _InsideError
    return connection
