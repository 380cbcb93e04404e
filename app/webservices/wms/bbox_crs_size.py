"""Which part of the world a picture shows, in which system, at which size."""

import re
from typing import Final

from app.http import parameters
from app.http.fault_status import RequestError
from app.map_images.picture_request import HIGHEST_DPI, LONGEST_SIDE, LOWEST_DPI, SCREEN_DPI
from app.webservices.key_value_pairs import SHOWN, KeyValues
from app.webservices.wms.versions import WMSVersion
from zones.crs.transform import CRS, authority_order, from_storage_xy
from zones.drawing.model import Bounds, Viewport
from zones.esri.geometry_json import MERCATORS
from zones.gml.srs_names_and_axes import OFFERED
from zones.model import BBox

_CRS84: Final = "CRS:84"
_DPI_OPTION: Final = re.compile(r"(?:^|;)\s*dpi:\s*([0-9.]{1,8})\s*(?:;|$)", re.IGNORECASE)
_BOX: Final = 4
_SIDES: Final = 16
"""Points along each side of a box that is brought to another system."""


def viewport_of(kvp: KeyValues, version: WMSVersion, *, data: BBox) -> Viewport:
    """Return what a GetMap or GetFeatureInfo shows.

    Parameters
    ----------
    data
        Where there is something to be seen: a box that only turned round touches it is refused.

    Raises
    ------
    RequestError, UnknownCRSError
        What is wrong with a parameter, the place being its name.
    """
    crs = crs_named(kvp.required(version.crs), version.crs)
    bounds = bounds_of(kvp.required("BBOX"), crs, version, data=data)
    width, height = (side_of(kvp.required(name), name) for name in ("WIDTH", "HEIGHT"))
    return Viewport(crs, bounds, width, height, symbol_scale_of(kvp))


def crs_named(text: str, name: str) -> CRS:
    """Return a system that pictures are made in, by the names that WMS has for it.

    Raises
    ------
    UnknownCRSError
    RequestError
        ``wms-crs`` for one that no register has, as GCJ-02.
    """
    written = text.strip().upper()
    if written.removeprefix("EPSG:") in MERCATORS:
        return CRS.EPSG_3857
    crs = parameters.crs("CRS84" if written == _CRS84 else text, name)
    if crs not in OFFERED:
        known = ", ".join(map(wms_name, OFFERED))
        raise RequestError("wms-crs", loc=("query", name), given=text[:SHOWN], known=known)
    return crs


def wms_name(crs: CRS) -> str:
    """Return the name of a system in WMS."""
    return _CRS84 if crs is CRS.CRS84 else crs.key


def bounds_of(text: str, crs: CRS, version: WMSVersion, *, data: BBox) -> Bounds:
    """Return a box, the east first.

    Raises
    ------
    RequestError
        ``bbox-count``, ``wms-bbox-order`` for a box without width or height, ``wms-axes``, or the
        fault of a number.
    """
    loc = ("query", "BBOX")
    numbers = [parameters.number(part, "BBOX") for part in text[:500].split(",")]
    if len(numbers) != _BOX:
        raise RequestError("bbox-count", loc=loc, count=len(numbers))
    if numbers[0] >= numbers[2] or numbers[1] >= numbers[3]:
        raise RequestError("wms-bbox-order", loc=loc, given=text[:SHOWN])
    is_turned = version.has_authority_order and crs.axis_order == "yx"
    first, second, third, fourth = numbers
    written = (first, second, third, fourth)
    read = _turned(written) if is_turned else written
    _check_axes(read, crs, version, data=data, is_turned=is_turned)
    return read


def _turned(numbers: Bounds) -> Bounds:
    first, second, third, fourth = numbers
    return second, first, fourth, third


def _check_axes(
    read: Bounds, crs: CRS, version: WMSVersion, *, data: BBox, is_turned: bool
) -> None:
    """Refuse a box that lies beyond the system as it is read, and on the data the other way round.

    A blank picture would say nothing of what is wrong.
    """
    place = bounds_in(data, crs)
    if _is_inside(read, crs) or _touch(read, place) or not _touch(_turned(read), place):
        return
    decimals = 4 if crs.is_geographic else 0
    example = place if not is_turned else _turned(place)
    raise RequestError(
        "wms-axes-north-first" if is_turned else "wms-axes-east-first",
        loc=("query", "BBOX"),
        crs=wms_name(crs),
        version=version.number,
        example=",".join(f"{number:.{decimals}f}" for number in example),
    )


def _is_inside(box: Bounds, crs: CRS) -> bool:
    return crs.extent.holds(box[0], box[1]) and crs.extent.holds(box[2], box[3])


def _touch(one: Bounds, other: Bounds) -> bool:
    is_beside = one[2] < other[0] or other[2] < one[0]
    return not (is_beside or one[3] < other[1] or other[3] < one[1])


def bounds_in(box: BBox, crs: CRS) -> Bounds:
    """Return the bounds of a box of degrees in a system, the east first."""
    corners = [
        from_storage_xy(
            box.west + (box.east - box.west) * across / _SIDES,
            box.south + (box.north - box.south) * up / _SIDES,
            crs,
        )
        for across in range(_SIDES + 1)
        for up in (0, _SIDES)
    ]
    x, y = zip(*corners, strict=True)
    return min(x), min(y), max(x), max(y)


def written_bounds(bounds: Bounds, crs: CRS, version: WMSVersion) -> Bounds:
    """Return bounds in the order in which a version writes them."""
    if not version.has_authority_order:
        return bounds
    low, high = authority_order(*bounds[:2], crs), authority_order(*bounds[2:], crs)
    return (*low, *high)


def side_of(text: str, name: str) -> int:
    """Return a picture's width or height in pixels.

    Raises
    ------
    RequestError
        ``integer-invalid`` or ``integer-range``.
    """
    return parameters.whole_number(text, name, low=1, high=LONGEST_SIDE)


def symbol_scale_of(kvp: KeyValues) -> float:
    """Return how many pixels a screen's pixel is, for clients that say how fine they print.

    ``DPI`` is QGIS's own, ``MAP_RESOLUTION`` MapServer's and ``FORMAT_OPTIONS=dpi:n`` GeoServer's
    name for it; QGIS sends all three.

    Raises
    ------
    RequestError
        ``image-dpi`` or the fault of a number.
    """
    text, name = kvp.get("dpi"), "DPI"
    if text is None:
        text, name = kvp.get("map_resolution"), "MAP_RESOLUTION"
    if text is None:
        found = _DPI_OPTION.search(kvp.get("format_options") or "")
        text, name = (found[1] if found else None), "FORMAT_OPTIONS"
    if text is None:
        return 1.0
    dpi = parameters.number(text, name)
    if not LOWEST_DPI <= dpi <= HIGHEST_DPI:
        raise RequestError(
            "image-dpi", loc=("query", name), given=text[:SHOWN], low=LOWEST_DPI, high=HIGHEST_DPI
        )
    return dpi / SCREEN_DPI
