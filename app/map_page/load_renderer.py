"""Loads what draws the map page, without what it has no use for."""

import sys
from collections.abc import Callable
from functools import cache
from typing import Final

from zones.map_page.values import MapPage

_UNUSED: Final = "pandas"
"""Folium takes its tables if it is there. It is half of Folium's loading, and 33 MB."""


@cache
def load_renderer() -> Callable[[MapPage], str]:
    """Return ``render_map``; only a process that serves may call this.

    Where pandas is not loaded yet, Folium finds none, and will take no tables of it later on.
    """
    is_missing = _UNUSED not in sys.modules
    if is_missing:
        sys.modules[_UNUSED] = None  # type: ignore[assignment]  # what an import takes for absent
    try:
        from zones.map_page.html import render_map
    finally:
        if is_missing:
            del sys.modules[_UNUSED]
    return render_map
