"""Kinds of geometry, as files and programs name them, in words for people."""

import re
from collections.abc import Mapping
from typing import Final

from zones.messages import Lang, catalogue, say

_NAME: Final = re.compile(r"[A-Za-z0-9]+")
_BETWEEN: Final = re.compile(r"(?<=[^ -~×]) (?=[^ -~×])")


def in_words(kinds: str, lang: Lang) -> str:
    """Return kinds of geometry in words; what is no known name stays.

    Examples
    --------
    >>> in_words("3D MultiPolygon", "zh"), in_words("Polygon × 3, Point × 2", "zh")
    ('三维多面', '面 × 3, 点 × 2')
    """
    words = _NAME.sub(lambda found: _word(found[0], lang), kinds)
    return _BETWEEN.sub("", words) if lang == "zh" else words


def with_words(params: Mapping[str, object], lang: Lang) -> dict[str, object]:
    """Return the values of a message, a kind of geometry among them in words."""
    kind = params.get("kind")
    return {**params, "kind": in_words(kind, lang)} if isinstance(kind, str) else dict(params)


def _word(name: str, lang: Lang) -> str:
    code = f"staff-shape-{name.lower()}"
    return say(code, lang).message if code in catalogue() else name
