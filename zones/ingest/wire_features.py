"""The features that a reading process sends, each checked as if it could be a lie."""

from collections.abc import Collection, Sequence
from types import NoneType
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.errors import SourceError
from zones.ingest.wire_frames import frames
from zones.model import JSON, GeometryKind
from zones.quality.identifiers import is_fit
from zones.sandbox.child_output import ByteRows
from zones.sandbox.limits import Limits
from zones.store.sql.rows import stored_wkb

_MOST_FIELDS: Final = 250
_DEEPEST_VALUE: Final = 32
_PLAIN: Final = frozenset({str, int, float, bool, NoneType})
_KINDS: Final[dict[GeometryKind, tuple[int, ...]]] = {
    "point": (0, 4),
    "line": (1, 5),
    "polygon": (3, 6),
}
_ONE_RING: Final = bytes.fromhex("01 03000000 01000000")
"""How a polygon of one ring begins, the lowest byte first; its vertices are counted next."""
_HEAD_BYTES: Final = len(_ONE_RING) + 4
_VERTEX_BYTES: Final = 16
_ANY_KIND: Final = (*range(2), *range(3, 8))


class ReadFeature(NamedTuple):
    """A feature fit to be stored, in EPSG:4490; ``fid`` None is still to be given one.

    ``wkb`` is the geometry as the store writes it, None if there is none.
    """

    number: int
    fid: str | None
    geometry: Any
    properties: dict[str, JSON]
    wkb: bytes | None


Features = tuple[ReadFeature, ...]


def features_from(rows: ByteRows, *, kinds: Collection[GeometryKind], limits: Limits) -> Features:
    """Return the features that ``zones.ingest.wire_frames`` wrote.

    Parameters
    ----------
    kinds
        Those that were asked for; none if any will do.

    Raises
    ------
    SourceError
        ``source-unreadable`` if they are of another shape, or should have been refused.
    """
    allowed = [kind for name in kinds for kind in _KINDS[name]] or _ANY_KIND
    features: list[ReadFeature] = []
    for frame in frames(rows):
        if len(features) + len(frame.numbers) > limits.max_features:
            raise SourceError("source-unreadable")
        if not all(map(_is_sound, frame.numbers, frame.fids, frame.properties)):
            raise SourceError("source-unreadable")
        geometries = _geometries(frame.wkb, allowed, limits)
        wkb = _as_stored(frame.wkb, geometries)
        features += map(ReadFeature, frame.numbers, frame.fids, geometries, frame.properties, wkb)
    return tuple(features)


def _is_sound(number: object, fid: object, properties: object) -> bool:
    return (
        type(number) is int
        and (fid is None or (isinstance(fid, str) and is_fit(fid)))
        and isinstance(properties, dict)
        and len(properties) <= _MOST_FIELDS
        and (
            _PLAIN.issuperset(map(type, properties.values()))
            or all(_is_shallow(value, _DEEPEST_VALUE) for value in properties.values())
        )
    )


def _is_shallow(value: object, levels: int) -> bool:
    if not isinstance(value, list | dict):
        return True
    parts = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(part, levels - 1) for part in parts)


def _geometries(
    wkb: Sequence[bytes | None], allowed: Sequence[int], limits: Limits
) -> NDArray[np.object_]:
    try:
        geometries = np.asarray(shapely.from_wkb(np.array(wkb, dtype=object)))
    except (shapely.errors.GEOSException, ValueError) as error:
        raise SourceError("source-unreadable") from error
    if not _are_storable(geometries[~shapely.is_missing(geometries)], allowed, limits):
        raise SourceError("source-unreadable")
    return geometries


def _as_stored(wkb: Sequence[bytes | None], geometries: NDArray[np.object_]) -> list[bytes | None]:
    """Return geometries as the store writes them: most often that is what was sent."""
    counts = shapely.get_num_coordinates(geometries).tolist()
    others = [
        at
        for at, (raw, count) in enumerate(zip(wkb, counts, strict=True))
        if raw is not None
        and not (raw.startswith(_ONE_RING) and len(raw) == _HEAD_BYTES + _VERTEX_BYTES * count)
    ]
    stored = [*wkb]
    for at, raw in zip(others, stored_wkb(geometries[others]), strict=True):
        stored[at] = raw
    return stored


def _are_storable(geometries: NDArray[np.object_], allowed: Sequence[int], limits: Limits) -> bool:
    lonlat = shapely.get_coordinates(geometries)
    counts = shapely.get_num_coordinates(geometries)
    return bool(
        np.isin(shapely.get_type_id(geometries), allowed).all()
        and not shapely.has_z(geometries).any()
        and not shapely.is_empty(geometries).any()
        and (counts <= limits.max_vertices_per_feature).all()
        and (np.abs(lonlat) <= (180.0, 90.0)).all()
    )
