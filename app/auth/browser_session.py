"""A browser's session: a cookie stands for a key, and a token in the page for the user's will."""

import hashlib
import hmac
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlsplit

from starlette.types import Scope

from app.auth.key_ring import used
from app.auth.short_lived_cache import MomentaryCache
from app.http.fault_status import ForbiddenError
from app.http.links import base_url
from app.http.raw_headers import header
from zones.store.sql.records import Key
from zones.store.sql.sessions import LASTS
from zones.store.sql.store import SqlStore

COOKIE: Final = "zones_session"
CSRF_HEADER: Final = b"x-csrf-token"
LONGEST_TOKEN: Final = 200


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """Who is signed in, and the token that a page sends with each write."""

    key: Key
    csrf: str


class SessionRing:
    """Finds sessions by their token and remembers the answer for a moment."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._keys = MomentaryCache(self._look_up, store.revision)

    async def find(self, token: str) -> BrowserSession | None:
        """Return the session of a cookie's token, None when there is none."""
        key = await self._keys.find(token, token)
        return None if key is None else BrowserSession(key, csrf_token(token))

    def _look_up(self, token: str) -> Key | None:
        key = self._store.sessions.find(token)
        return None if key is None else used(self._store, key)

    def forget(self, token: str) -> None:
        """Ask the store anew when the token comes next."""
        self._keys.forget(token)

    def forget_all(self) -> None:
        """Ask the store anew for every session: somebody's rights changed."""
        self._keys.forget_all()


def csrf_token(token: str) -> str:
    """Return the token that pages of a session send; the cookie cannot be told from it."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def check_csrf(scope: Scope, session: BrowserSession) -> None:
    """Refuse a write that no page of ours has sent: another site can make a browser send cookies.

    Raises
    ------
    ForbiddenError
    """
    origin = header(scope, b"origin")
    if origin is not None and not is_own(scope, origin.decode("latin-1")):
        raise ForbiddenError("csrf-wrong")
    token = (header(scope, CSRF_HEADER) or b"").decode("latin-1")
    if not hmac.compare_digest(token.encode("utf-8"), session.csrf.encode()):
        raise ForbiddenError("csrf-wrong")


def is_own(scope: Scope, origin: str) -> bool:
    """Return whether a page of that origin is one of ours; a proxy may have changed the scheme."""
    host = header(scope, b"host") or b""
    own = {urlsplit(base_url(scope)).netloc, host.decode("latin-1")}
    return urlsplit(origin).netloc in own if "://" in origin else False


def session_token(scope: Scope) -> str | None:
    """Return the token of the request's cookie, None when there is none."""
    cookies = header(scope, b"cookie")
    if cookies is None or COOKIE.encode() not in cookies:
        return None
    try:
        cookie = SimpleCookie(cookies.decode("latin-1")).get(COOKIE)
    except CookieError:
        return None
    return cookie.value if cookie is not None and len(cookie.value) <= LONGEST_TOKEN else None


def cookie_of(scope: Scope, token: str | None) -> str:
    """Return Set-Cookie for a session that begins, or with None for one that ends."""
    address = base_url(scope)
    path = "/" + address.partition("://")[2].partition("/")[2]
    age = int(LASTS.total_seconds()) if token else 0
    secure = "; Secure" if address.startswith("https:") else ""
    value = token or ""
    return f"{COOKIE}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Strict{secure}"
