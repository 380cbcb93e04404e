"""In which unit a file states areas: told by what its polygons measure on the ellipsoid."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.crs.area_and_length import Floats, equal_areas_m2, geodesic_area_m2
from zones.ingest.wire_features import ReadFeature
from zones.model import JSON, Problem
from zones.properties.one_map_dictionary import KnownField

_UNITS_M2: Final = {"平方米": 1.0, "公顷": 10_000.0, "亩": 2000.0 / 3.0, "平方千米": 1_000_000.0}
_SAME_UNIT: Final = 0.05
_SAME_AREA: Final = 0.01
"""Areas in the plane differ from those on the ellipsoid by 0.1 % at most within a zone."""
_ROUNDED_M2: Final = 1.0

Mask = NDArray[np.bool_]


def area_unit(
    name: str, listed: KnownField, features: Sequence[ReadFeature]
) -> tuple[str, list[Problem]]:
    """Return the unit of a field of areas, and what is to be told; empty if none fits.

    Areas that the polygon itself does not have are taken to be in the unit of the list, and so
    are those of a layer without polygons.
    """
    if not listed.measured:
        return listed.unit, []
    stated = np.array([_number(feature.properties.get(name)) for feature in features])
    found = equal_areas_m2([feature.geometry for feature in features])
    both = np.nan_to_num(stated * found) > 0
    if not both.any():
        return listed.unit, []
    ratio = float(np.median(found[both] / stated[both]))
    fitting = (unit for unit, m2 in _UNITS_M2.items() if abs(ratio / m2 - 1) < _SAME_UNIT)
    if (unit := next(fitting, None)) is None:
        return "", [Problem("one-map-area-unit", {"unit": listed.unit}, "warning", field=name)]
    problems = []
    if unit != listed.unit:
        params: dict[str, JSON] = {"unit": unit, "listed": listed.unit}
        problems.append(Problem("one-map-other-unit", params, "warning", field=name))
    rows = _differing(stated * _UNITS_M2[unit], found, both)
    return unit, [*problems, *_differences(name, stated * _UNITS_M2[unit], rows, features)]


def _differing(stated_m2: Floats, found_m2: Floats, both: Mask) -> list[int]:
    """Return the places of features whose areas differ from what their polygons measure."""
    reach = np.maximum(_SAME_AREA * found_m2, _ROUNDED_M2)
    rows: list[int] = np.flatnonzero(both & (np.abs(found_m2 - stated_m2) > reach)).tolist()
    return rows


def _differences(
    name: str, stated_m2: Floats, rows: Sequence[int], features: Sequence[ReadFeature]
) -> Iterator[Problem]:
    """Yield how many areas differ, with the first."""
    if rows:
        measured = geodesic_area_m2(features[rows[0]].geometry)
        params: dict[str, JSON] = {
            "count": len(rows),
            "stated": round(float(stated_m2[rows[0]]), 1),
            "measured": round(measured, 1),
        }
        yield Problem("one-map-areas-differ", params, "warning", feature=rows[0], field=name)


def _number(value: JSON) -> float:
    return float(value) if isinstance(value, int | float) else np.nan
