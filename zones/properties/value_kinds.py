"""Which kinds of values a property has."""

from collections.abc import Iterable
from typing import Final, Literal

from zones.model import JSON

ValueKind = Literal["boolean", "integer", "long", "number", "text", "other"]
"""``long`` is an integer that a double does not hold; ``other`` are lists and objects."""

_EXACT: Final = 1 << 53
_KINDS: Final[dict[type, ValueKind]] = {bool: "boolean", float: "number", str: "text"}


def kinds_of(values: Iterable[JSON]) -> frozenset[ValueKind]:
    """Return the kinds of values; of null there is none."""
    listed = [*values]
    types = {*map(type, listed)} - {type(None)}
    kinds = {_KINDS.get(each, "other") for each in types - {int}}
    if int in types:
        whole = [each for each in listed if type(each) is int]
        kinds.add("integer")
        if max(whole) > _EXACT or min(whole) < -_EXACT:
            kinds.add("long")
    return frozenset(kinds)
