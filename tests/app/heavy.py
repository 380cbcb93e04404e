"""A store of heavy polygons."""

from pathlib import Path

import numpy as np
import shapely

from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.open_store import open_store


def heavy_polygon(row: int, column: int, vertices: int) -> shapely.Polygon:
    """Return a ring of so many vertices round a place of the district, with all digits."""
    angles = np.linspace(0, 2 * np.pi, vertices - 1, endpoint=False)
    radius = 0.004 + 0.0003 * np.sin(angles * 400)
    lon = 123.36 + 0.01 * column + radius * np.cos(angles)
    lat = 41.75 + 0.01 * row + radius * np.sin(angles)
    return shapely.Polygon(np.column_stack([lon, lat]))


def add_heavy(store: Path, collection: str, *, vertices: int = 100_000, count: int = 25) -> None:
    """Put a collection of heavy polygons into a store."""
    features = [
        Feature(
            f"f{number}",
            heavy_polygon(number // 5, number % 5, vertices),
            {"name": f"地块{number}", "area": number * 1.5, "code": f"2101{number:05}"},
        )
        for number in range(count)
    ]
    opened = open_store(f"sqlite:///{store}")
    info = CollectionInfo(collection, collection, collection)
    opened.apply([Change(collection, put=features, collection=info)], RevisionNote("t", "heavy"))
    opened.close()
