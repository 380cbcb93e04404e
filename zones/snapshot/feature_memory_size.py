"""How much memory features take, about: rather more than less."""

from typing import Final

from zones.model import JSON
from zones.snapshot.collection import Collection
from zones.snapshot.mapped_collection import MappedCollection

FEATURE_BYTES: Final = 1_200
"""The objects of a feature and of its geometry, and its places in indexes and tables."""
VERTEX_BYTES: Final = 48
"""As stored, as published, and as tiles are made from."""
VALUE_BYTES: Final = 100
POSITIONS_BYTES: Final = 8
"""Of a feature in a segment: where it stands."""


def memory_of(collection: Collection) -> int:
    """Return the bytes that a collection takes; use it as ``collection.derived(memory_of)``."""
    if isinstance(collection, MappedCollection):
        return memory_of(collection.changed) + len(collection) * POSITIONS_BYTES
    values = sum(_size(value) for each in collection.properties for value in each.values())
    vertices = int(collection.vertex_counts.sum())
    return len(collection) * FEATURE_BYTES + vertices * VERTEX_BYTES + values


def _size(value: JSON) -> int:
    """Return the bytes of a value; characters beyond Latin take two."""
    if isinstance(value, str):
        return VALUE_BYTES + 2 * len(value)
    if isinstance(value, dict):
        return VALUE_BYTES + sum(_size(each) + VALUE_BYTES for each in value.values())
    if isinstance(value, list):
        return VALUE_BYTES + sum(_size(each) for each in value)
    return VALUE_BYTES
