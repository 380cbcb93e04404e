"""What an import would bring, kept in a folder until somebody decides: its features, its changes.

They are written once, by the import itself, and read piece by piece.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import shapely

from zones.ingest.diff_with_stored import Difference
from zones.ingest.preview_picture import preview_picture
from zones.model import BBox, Feature
from zones.store.revision_diff import FeatureChange, RevisionDiff

FEATURES_FILE: Final = "features.geojson"
CHANGES_FILE: Final = "changes.jsonl"
PICTURE_FILE: Final = "changes.png"
PLACE_FILE: Final = "changes.png.json"
MOST_DRAWN: Final = 5_000
MOST_APART: Final = 500
"""Changes that a page draws one by one; of more there is a picture of all."""
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
    pairs = list(_pairs(incoming, current, difference))
    with (folder / CHANGES_FILE).open("wb") as file:
        for before, after in pairs:
            file.write(
                orjson.dumps([_as_json(before), _as_json(after)], option=orjson.OPT_APPEND_NEWLINE)
            )
    _write_picture(folder, pairs)


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


def read_picture(folder: Path) -> tuple[bytes, BBox]:
    """Return a PNG of all changes in Web Mercator, and the degrees that it covers.

    Raises
    ------
    FileNotFoundError
        If no preview was written there, or its changes are few enough to be drawn one by one.
    """
    place = orjson.loads((folder / PLACE_FILE).read_bytes())
    return (folder / PICTURE_FILE).read_bytes(), BBox(*place)


def _write_picture(folder: Path, pairs: Sequence[tuple[Feature | None, Feature | None]]) -> None:
    (folder / PLACE_FILE).unlink(missing_ok=True)  # of an earlier check
    if len(pairs) <= MOST_APART:
        return
    shapes: dict[str, list[Any]] = {"added": [], "changed": [], "removed": []}
    for before, after in pairs:
        shown = after or before
        kind = "added" if before is None else "removed" if after is None else "changed"
        shapes[kind].append(shown and shown.geometry)
    if (drawn := preview_picture(shapes)) is not None:
        picture, place = drawn
        (folder / PICTURE_FILE).write_bytes(picture)
        (folder / PLACE_FILE).write_bytes(orjson.dumps(list(place)))


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
