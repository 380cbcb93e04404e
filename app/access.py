"""Which role an address needs: reader < editor < admin, or none where everybody may."""

from typing import Final

from app.http.headers import ARCGIS_TOKENS, is_look_up
from zones.store.sql.records import Role

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LIVE: Final = "/health/live"
OPEN_TO_ALL: Final = (LIVE, "/health/ready")
SESSION: Final = ("/session", "/signin", ARCGIS_TOKENS)
"""Where a browser or ArcGIS shows its key; all judge it themselves."""
ASSETS: Final = "/assets/"
"""Scripts and styles, the sign-in page's among them; no data."""
EXPLAINED: Final = ("/help", "/problems")
"""The manual and what problems mean: to be read by who has no key yet; no data."""
ADMIN_ONLY: Final = ("/keys", "/audit")


def needed_role(method: str, path: str, *, public_read: bool) -> Role | None:
    """Return the least role that may send such a request; None when everybody may."""
    if path in OPEN_TO_ALL and method in READING:
        return None
    if any(path == area or path.startswith(f"{area}/") for area in ADMIN_ONLY):
        return "admin"
    if path in SESSION or (_is_open(path) and method in READING):
        return None
    # Many points to look up come in the body of a POST, which changes nothing.
    if method in READING or is_look_up(path):
        return None if public_read else "reader"
    return "editor"


def _is_open(path: str) -> bool:
    return path.startswith(ASSETS) or any(
        path == area or path.startswith(f"{area}/") for area in EXPLAINED
    )
