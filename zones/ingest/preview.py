"""What an import would bring, kept in a folder until somebody decides: its features, its changes.

Both are written once, by the import itself, and read piece by piece.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import shapely

from zones.ingest.diff import Difference
from zones.model import Feature
from zones.store.revision_diff import FeatureChange, RevisionDiff

FEATURES_FILE: Final = "features.geojson"
CHANGES_FILE: Final = "changes.jsonl"
MOST_DRAWN: Final = 5_000
_OF_EXTENT = 1 / 2_000  # finer than a pixel of a map that shows everything
_DECIMALS = 7


def write_preview(
    folder: Path,
    incoming: Sequence[Feature],
    current: Sequence[Feature],
    difference: Difference,
) -> None:
    """Write what is to be looked at before an import is committed."""
    (folder / FEATURES_FILE).write_bytes(_drawn(incoming))
    with (folder / CHANGES_FILE).open("wb") as file:
        for before, after in _pairs(incoming, current, difference):
            file.write(
                orjson.dumps([_as_json(before), _as_json(after)], option=orjson.OPT_APPEND_NEWLINE)
            )


def read_features(folder: Path) -> bytes:
    """Return the features to draw, as GeoJSON, simplified and no more than 5,000.

    Raises
    ------
    FileNotFoundError
        If no preview was written there.
    """
    return (folder / FEATURES_FILE).read_bytes()


def read_changes(folder: Path, start: int, stop: int) -> list[FeatureChange]:
    """Return the changes from ``start`` to ``stop``: added ones, changed ones, removed ones.

    Raises
    ------
    FileNotFoundError
        If no preview was written there.
    """
    added, changed, removed = [], [], []
    with (folder / CHANGES_FILE).open("rb") as file:
        for line in islice(file, start, stop):
            before, after = (side and _feature(side) for side in orjson.loads(line))
            if before is None:
                added.append(after)
            elif after is None:
                removed.append(before)
            else:
                changed.append((before, after))
    return RevisionDiff(tuple(added), tuple(changed), tuple(removed)).changes()


def _pairs(
    incoming: Sequence[Feature], current: Sequence[Feature], difference: Difference
) -> Iterator[tuple[Feature | None, Feature | None]]:
    after = {feature.fid: feature for feature in incoming}
    before = {feature.fid: feature for feature in current}
    yield from ((None, after[fid]) for fid in difference.added)
    yield from ((before[fid], after[fid]) for fid in difference.changed)
    yield from ((before[fid], None) for fid in difference.removed)


def _as_json(feature: Feature | None) -> dict[str, Any] | None:
    if feature is None:
        return None
    shape = shapely.to_wkb(feature.geometry, hex=True)
    return {"fid": feature.fid, "wkb": shape, "properties": dict(feature.properties)}


def _feature(members: Mapping[str, Any]) -> Feature:
    return Feature(members["fid"], shapely.from_wkb(members["wkb"]), members["properties"])


def _drawn(incoming: Sequence[Feature]) -> bytes:
    """Return the first features as GeoJSON, with no more detail than a map of all of them shows."""
    shown = incoming[:MOST_DRAWN]
    shapes = np.array([feature.geometry for feature in shown], dtype=object)
    west, south, east, north = shapely.total_bounds(shapes)
    tolerance = max(east - west, north - south) * _OF_EXTENT
    if np.isfinite(tolerance):
        plain = shapely.simplify(shapes, tolerance, preserve_topology=True)
        shapes = shapely.transform(plain, lambda xy: xy.round(_DECIMALS))
    texts = shapely.to_geojson(shapes)
    features = [
        {
            "type": "Feature",
            "id": feature.fid,
            "geometry": None if text is None else orjson.Fragment(text),
            "properties": dict(feature.properties),
        }
        for feature, text in zip(shown, texts, strict=True)
    ]
    members = {
        "type": "FeatureCollection",
        "numberMatched": len(incoming),
        "numberReturned": len(shown),
        "truncated": len(shown) < len(incoming),
        "features": features,
    }
    return orjson.dumps(members)
