"""Shapes as well-known text, long rings a piece at a time, so that other threads have their turn.

``shapely.to_wkt`` keeps the interpreter until a shape is written: a twentieth of a second for
100,000 vertices.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.memory.work_in_slices import AT_ONCE, Objects, sliced

_written: Final = partial(shapely.to_wkt, rounding_precision=-1)
"""17 digits bring every double back to its last bit."""


def wkt_texts(shapes: Objects) -> list[str | None]:
    """Return each shape as ``shapely.to_wkt`` writes it with all digits; None for none."""
    is_long = shapely.get_num_coordinates(shapes) > AT_ONCE
    texts = np.empty(len(shapes), dtype=object)
    texts[~is_long] = sliced(_written, shapes[~is_long])
    for at in np.flatnonzero(is_long).tolist():
        texts[at] = long_wkt(shapes[at])
    return list(texts)


def long_wkt(shape: BaseGeometry) -> str:
    """Return a shape of many vertices as text, equal to what ``shapely.to_wkt`` returns."""
    if shapely.get_num_coordinates(shape) <= AT_ONCE:
        return str(_written(shape))
    name = shape.geom_type.upper() + (" Z" if shape.has_z else "")
    if isinstance(shape, shapely.GeometryCollection):
        return f"{name} ({', '.join(map(long_wkt, shape.geoms))})"
    return f"{name} {_body(shape)}"


def _body(shape: Any) -> str:
    """Return what follows the name."""
    if shape.is_empty:
        return "EMPTY"
    if hasattr(shape, "geoms"):
        return f"({', '.join(map(_body, shape.geoms))})"
    if isinstance(shape, shapely.Polygon):
        return f"({', '.join(map(_body, (shape.exterior, *shape.interiors)))})"
    return f"({', '.join(_runs(shape))})"


def _runs(line: Any) -> Iterator[str]:
    """Yield the vertices of a point, line or ring, so many at once."""
    vertices = shapely.get_coordinates(line, include_z=line.has_z)
    for at in range(0, len(vertices), AT_ONCE):
        run = vertices[at : at + AT_ONCE]
        text = _written(shapely.points(run[0]) if len(run) == 1 else shapely.linestrings(run))
        yield text[text.index("(") + 1 : -1]
