"""Which role an address needs: reader < editor < admin, or none where everybody may."""

import re
from typing import Final

from app.http.raw_headers import ARCGIS_INFO, ARCGIS_TOKENS, is_look_up
from zones.store.sql.records import Role

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LIVE: Final = "/health/live"
OPEN_TO_ALL: Final = (LIVE, "/health/ready")
SESSION: Final = (
    *("/session", "/signin", "/signin/oidc", "/signin/oidc/callback"),
    *(ARCGIS_TOKENS, ARCGIS_INFO, f"{ARCGIS_INFO}/"),
)
"""Where a browser or ArcGIS shows its key, or learns where to; all judge it themselves."""
ASSETS: Final = "/assets/"
"""Scripts and styles, the sign-in page's among them; no data."""
EXPLAINED: Final = ("/help", "/problems")
"""The manual and what problems mean: to be read by who has no key yet; no data."""
ADMIN_ONLY: Final = ("/keys", "/audit", "/accounts", "/groups", "/people")
OWN_ACCOUNT: Final = "/account"
"""Where everybody who is signed in changes his own password."""
IN_SEVERAL: Final = ("/imports", "/edits", "/plan/indicators")
"""Writes below these say in their body, or by an id, which collections they go into."""
OPEN_OR_ABSENT: Final = frozenset({"", "items", "tiles", "map", "schema", "queryables"})
"""Reads of a collection that are answered from what the client may see, and from nothing else."""
_COLLECTION: Final = re.compile(r"/collections/([^/]+)(?:/([^/]*))?(?:/.*)?", re.DOTALL)


def needed_role(method: str, path: str, *, public_read: bool) -> Role | None:
    """Return the least role that may send such a request; None when everybody may."""
    if path in OPEN_TO_ALL and method in READING:
        return None
    if _is_below(path, ADMIN_ONLY) or _part_of_collection(path) == "rights":
        return "admin"
    if path in SESSION or (_is_open(path) and method in READING):
        return None
    if _is_below(path, (OWN_ACCOUNT,)):
        return "reader"
    # Many points to look up come in the body of a POST, which changes nothing.
    if method in READING or is_look_up(path):
        return None if public_read else "reader"
    return "editor"


def collection_in(path: str) -> str | None:
    """Return the collection that an address lies below, None where it lies below none."""
    found = _COLLECTION.fullmatch(path)
    return None if found is None else found[1]


def asks_the_store(method: str, path: str) -> bool:
    """Return whether an address below a collection may tell what no snapshot holds."""
    found = _COLLECTION.fullmatch(path)
    return found is not None and (method not in READING or (found[2] or "") not in OPEN_OR_ABSENT)


def may_make_collection(path: str) -> bool:
    """Return whether an address below a collection may be asked before it is there."""
    return _part_of_collection(path) == "imports"


def is_in_several(path: str) -> bool:
    """Return whether the route judges by itself who may write into which collection."""
    return _is_below(path, IN_SEVERAL)


def _part_of_collection(path: str) -> str | None:
    """Return what of a collection an address names first, "" for itself; None for none."""
    found = _COLLECTION.fullmatch(path)
    return None if found is None else found[2] or ""


def _is_below(path: str, areas: tuple[str, ...]) -> bool:
    return any(path == area or path.startswith(f"{area}/") for area in areas)


def _is_open(path: str) -> bool:
    return path.startswith(ASSETS) or _is_below(path, EXPLAINED)
