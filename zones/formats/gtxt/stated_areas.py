"""The area that a parcel states against that of its vertices: a difference tells what is wrong."""

from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from zones.formats.gtxt.attributes import Stated
from zones.model import JSON, Problem

_M2_OF_HECTARE: Final = 10_000.0
_M2_OF_MU: Final = 10_000.0 / 15
_SHARE: Final = 0.0006
"""Plane and ellipsoid differ by no more in China where a zone is used within its own width."""
_FEWEST_M2: Final = 1.0


def area_problem(
    stated: Stated, shape: BaseGeometry | None, *, ground_m2: float, plane_m2: float | None
) -> Problem | None:
    """Return what the stated area tells; None if it agrees, or nothing can be compared.

    Parameters
    ----------
    shape
        The parcel in any system.
    ground_m2
        Its area on the ellipsoid.
    plane_m2
        That of its coordinates as they stand, None where they are degrees.
    """
    if not stated.hectares or shape is None or not ground_m2 > 0:
        return None
    stated_m2, rounding = stated.hectares * _M2_OF_HECTARE, _rounding_m2(stated)
    params: dict[str, JSON] = {
        "stated": f"{stated.hectares:.10g}",
        "measured": f"{ground_m2 / _M2_OF_HECTARE:.4f}",
    }
    if plane_m2 is not None and _agree(stated_m2, plane_m2, rounding):
        if abs(plane_m2 - ground_m2) <= max(_SHARE * ground_m2, _FEWEST_M2):
            return None
        params["percent"] = f"{100 * abs(plane_m2 - ground_m2) / ground_m2:.2g}"
        return Problem("gtxt-area-zone", params, "warning")
    if _agree(stated_m2, ground_m2, rounding):
        return None
    return Problem(_code(stated.hectares, shape, ground_m2, rounding), params, "warning")


def _rounding_m2(stated: Stated) -> float:
    return 0.5 * _M2_OF_HECTARE * 10.0**-stated.digits


def _code(hectares: float, shape: BaseGeometry, area_m2: float, rounding: float) -> str:
    """Return the message that says what the difference comes from, as far as it tells."""
    stated_m2, fine = hectares * _M2_OF_HECTARE, rounding / _M2_OF_HECTARE
    if _agree(hectares, area_m2, fine):
        return "gtxt-area-in-m2"
    if _agree(hectares * _M2_OF_MU, area_m2, rounding / 15):
        return "gtxt-area-in-mu"
    share = area_m2 / shapely.area(shape) if shapely.area(shape) else 0.0
    if _agree(stated_m2, share * _outlines(shape), rounding):
        return "gtxt-area-without-holes"
    if _agree(stated_m2, share * _least(shape), rounding):
        return "gtxt-area-parts-as-holes"
    return "gtxt-area-differs"


def _agree(one: float, other: float, rounding: float) -> bool:
    return abs(one - other) <= max(_SHARE * other, rounding * 1.01, min(_FEWEST_M2, 0.01 * other))


def _outlines(shape: BaseGeometry) -> float:
    """Return the area within the outer rings, holes and all."""
    return sum(
        float(shapely.area(shapely.polygons(shapely.get_exterior_ring(part))))
        for part in shapely.get_parts(shape)
    )


def _least(shape: BaseGeometry) -> float:
    """Return the area of the first part less that of the others, were they holes."""
    areas = shapely.area(shapely.get_parts(shape))
    return float(areas[0] - areas[1:].sum()) if len(areas) > 1 else float("nan")
