"""What an import would change: features compared with those stored, by their ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from zones.model import Change, Feature


class ImportMode(StrEnum):
    """How the features of a file meet those that are there.

    ``replace``: the file is the collection from now on. ``append``: the file's features are added;
    an id that is there already is an error. ``upsert``: features of a known id are replaced, others
    added, none removed.
    """

    REPLACE = "replace"
    APPEND = "append"
    UPSERT = "upsert"


@dataclass(frozen=True, slots=True)
class Difference:
    """Ids by what becomes of them, in the order of the file (removed: of the collection)."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Return whether nothing would change."""
        return not (self.added or self.changed or self.removed)


def compare(
    current: Sequence[Feature], incoming: Sequence[Feature], *, mode: ImportMode
) -> Difference:
    """Return what ``incoming`` would change in ``current``.

    Features are equal if their coordinates are equal to the last bit and in the same order, and
    their properties have the same names and values (1 and 1.0 differ). Polygons may begin at
    another vertex and run the other way round, and one part alone is no multi-part shape: a
    shapefile turns rings and knows no multi-part polygon of one part, and changes nothing by it.
    """
    known = {feature.fid: feature for feature in current}
    added: list[str] = []
    changed: list[str] = []
    unchanged: list[str] = []
    for feature in incoming:
        before = known.pop(feature.fid, None)
        kind = added if before is None else unchanged if _is_same(before, feature) else changed
        kind.append(feature.fid)
    removed = tuple(known) if mode == ImportMode.REPLACE else ()
    return Difference(tuple(added), tuple(changed), removed, tuple(unchanged))


def change_of(collection_id: str, incoming: Sequence[Feature], difference: Difference) -> Change:
    """Return the change that brings the difference about, unchanged features left alone."""
    touched = {*difference.added, *difference.changed}
    put = tuple(feature for feature in incoming if feature.fid in touched)
    return Change(collection_id, put, difference.removed)


def _is_same(one: Feature, other: Feature) -> bool:
    if properties_text(one.properties) != properties_text(other.properties):
        return False
    shapes = one.geometry, other.geometry
    return wkb_of(shapes[0]) == wkb_of(shapes[1]) or _is_same_shape(*shapes)


def _is_same_shape(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    # Most shapes that differ do so in their bounds, which are cheap to compare.
    if one is None or other is None or one.bounds != other.bounds:
        return False
    return wkb_of(plain_shape(one)) == wkb_of(plain_shape(other))


def plain_shape(geometry: BaseGeometry) -> BaseGeometry:
    """Return a lone part by itself, polygons with vertices, rings and parts in a fixed order."""
    parts = shapely.get_parts(geometry)
    single = parts[0] if len(parts) == 1 else geometry
    return shapely.normalize(single) if shapely.get_dimensions(single) == 2 else single  # noqa: PLR2004 - areas


def wkb_of(geometry: BaseGeometry | None) -> bytes | None:
    """Return the geometry as bytes, equal where coordinates are to the last bit."""
    wkb: bytes | None = shapely.to_wkb(geometry)
    return wkb


def properties_text(properties: Mapping[str, object]) -> bytes:
    """Return properties as JSON, equal where names and values are."""
    return orjson.dumps(dict(properties), option=orjson.OPT_SORT_KEYS)
