"""What the tests of people share: links in letters, and codes of an app."""

import re
import time
from collections.abc import Callable

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from datashift.web.people.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LONG = "seven brown kettles"


def path_of(link: str) -> str:
    """Return the path of the first link in a text."""
    found = re.search(r"https?://[^/\s]+(/\S+)", link)
    assert found is not None
    return found[1]


def with_app(user: User) -> tuple[Callable[[], str], list[str]]:
    """Give a person codes from an app; return what the app shows now, and the recovery codes."""
    TOTP.activate(user, SECRET)
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return lambda: str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))), codes


def plain(page: bytes) -> str:
    """Return a page without what differs each time: the token of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode())
