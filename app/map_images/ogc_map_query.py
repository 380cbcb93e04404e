"""What a request of OGC API Maps (20-058) asks for: which part, how large, in which system."""

import re
from collections.abc import Mapping
from typing import Final

from app.http import parameters
from app.http.fault_status import RequestError
from app.map_images.layer_list import DEFAULT, STYLES, UNLABELLED, data_extent
from app.map_images.picture_request import LONGEST_SIDE, Picture, colour, usual_ground
from zones.crs.transform import CRS, authority_order, from_storage_xy, to_storage_xy
from zones.drawing.model import METRES_OF_A_DEGREE, STANDARD_PIXEL_M, Bounds, Viewport
from zones.drawing.raster_encode import Form
from zones.gml.srs_names_and_axes import OFFERED
from zones.messages import Lang
from zones.snapshot.model import Snapshot

FORMS: Final[dict[str, Form]] = {"png": "png", "jpeg": "jpeg", "webp": "webp"}
USUAL_WIDTH: Final = 1024
SCALE: Final = "scale-denominator"
LOWEST_SCALE, HIGHEST_SCALE = 1, 10**9
LEAST_DEG: Final = 1e-4
"""Of a map whose data have no width or no height."""
_PAIR: Final = 2
_SUBSET: Final = re.compile(
    r"\s*([A-Za-z]{1,4})\(\s*([^:()]{1,40})\s*:\s*([^:()]{1,40})\s*\)\s*(?:,|$)"
)
_EAST: Final = frozenset({"lon", "long", "e", "x"})
_NORTH: Final = frozenset({"lat", "n", "y"})
_POINTS: Final = 17
_SLIMMEST: Final = 1000
"""Times as wide as high, or as high as wide, of a map whose proportions follow from its box."""


def map_of(
    query: Mapping[str, str], layers: tuple[str, ...], snapshot: Snapshot, lang: Lang
) -> Picture:
    """Return the picture that is asked for of some layers.

    Raises
    ------
    RequestError, UnknownCRSError
        What is wrong with a parameter, the place being its name.
    """
    crs = _crs(query, "crs", CRS.CRS84)
    for unused in ("bbox-crs", "subset-crs", "center-crs"):
        _crs(query, unused, CRS.CRS84)
    form = FORMS[parameters.choice(query.get("f", "png"), "f", choices=tuple(FORMS))]
    is_transparent = _truth(query, "transparent", default="bgcolor" not in query)
    ground = colour(query.get("bgcolor", usual_ground(layers)), "bgcolor")
    style = parameters.choice(query.get("style", DEFAULT), "style", choices=STYLES)
    return Picture(
        layers,
        _viewport(query, layers, snapshot, crs),
        form,
        lang,
        is_labelled=style != UNLABELLED,
        background=None if is_transparent and form != "jpeg" else ground,
    )


def _viewport(
    query: Mapping[str, str], layers: tuple[str, ...], snapshot: Snapshot, crs: CRS
) -> Viewport:
    ways = [name for name in ("bbox", "subset", "center") if name in query]
    if len(ways) > 1:
        raise RequestError("map-subset-twice", loc=("query", ways[1]), names=", ".join(ways))
    if ways == ["center"]:
        return _round_center(query, crs, layers, snapshot)
    bounds = _usual_bounds(layers, snapshot, crs)
    unit = pixel_at_scale(query, crs)
    if unit is not None and not ways and {"width", "height"} & query.keys():
        middle = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
        return _about(middle, unit, _size(query, bounds), crs)
    if ways == ["bbox"]:
        box, box_crs = _box(query)
        _check_axes(box, box_crs, _usual_bounds(layers, snapshot, box_crs))
        bounds = _in_crs(box, box_crs, crs)
    elif ways == ["subset"]:
        bounds = _in_crs(*_subset(query, _usual_bounds(layers, snapshot, CRS.CRS84)), crs)
    size = _size(query, bounds) if unit is None else _size_at_scale(query, bounds, unit)
    return Viewport(crs, bounds, *size)


def pixel_at_scale(query: Mapping[str, str], crs: CRS) -> float | None:
    """Return how wide a pixel of 0.28 mm is at the scale asked for, in units of the system.

    Degrees are taken as long as at the equator. None if no scale is asked for.
    """
    if SCALE not in query:
        return None
    scale = parameters.number(query[SCALE], SCALE)
    if not LOWEST_SCALE <= scale <= HIGHEST_SCALE:
        low, high = f"{LOWEST_SCALE:,}", f"{HIGHEST_SCALE:,}"
        raise RequestError("map-scale", loc=("query", SCALE), given=scale, low=low, high=high)
    return scale * STANDARD_PIXEL_M / (METRES_OF_A_DEGREE if crs.is_geographic else 1.0)


def _size_at_scale(query: Mapping[str, str], bounds: Bounds, unit: float) -> tuple[int, int]:
    """Return the size that a box has at a scale: it leaves nothing for width and height to say."""
    if {"width", "height"} & query.keys():
        raise RequestError("map-scale-size", loc=("query", SCALE))
    width, height = (round((bounds[i + 2] - bounds[i]) / unit) for i in (0, 1))
    if max(width, height) > LONGEST_SIDE:
        raise RequestError(
            "map-scale-large", loc=("query", SCALE), width=width, height=height, most=LONGEST_SIDE
        )
    return max(width, 1), max(height, 1)


def _about(middle: tuple[float, float], unit: float, size: tuple[int, int], crs: CRS) -> Viewport:
    """Return the map about a place whose pixels are so wide."""
    half_x, half_y = unit * size[0] / 2, unit * size[1] / 2
    x, y = middle
    return Viewport(crs, (x - half_x, y - half_y, x + half_x, y + half_y), *size)


def _usual_bounds(layers: tuple[str, ...], snapshot: Snapshot, crs: CRS) -> Bounds:
    west, south, east, north = data_extent(snapshot, layers)
    room_x, room_y = (max(LEAST_DEG, 0.02 * (b - a)) for a, b in ((west, east), (south, north)))
    box = (west - room_x, south - room_y, east + room_x, north + room_y)
    return _in_crs(box, CRS.CRS84, crs)


def _box(query: Mapping[str, str]) -> tuple[Bounds, CRS]:
    crs = _crs(query, "bbox-crs", CRS.CRS84)
    box = parameters.bbox(query["bbox"], crs, authority_order="bbox-crs" in query)
    if box.x_min >= box.x_max or box.y_min >= box.y_max:
        raise RequestError("map-box-empty", loc=("query", "bbox"), given=query["bbox"][:80])
    return (box.x_min, box.y_min, box.x_max, box.y_max), crs


def _check_axes(box: Bounds, crs: CRS, place: Bounds) -> None:
    """Refuse a box beyond its system that lies on the data when it is read the other way round.

    A blank map would say nothing of what is wrong.
    """
    turned = (box[1], box[0], box[3], box[2])
    is_inside = crs.extent.holds(*box[:2]) and crs.extent.holds(*box[2:])
    if is_inside or _touch(box, place) or not _touch(turned, place):
        return
    corners = (*authority_order(*place[:2], crs), *authority_order(*place[2:], crs))
    example = ",".join(f"{number:.{4 if crs.is_geographic else 0}f}" for number in corners)
    raise RequestError("map-box-turned", loc=("query", "bbox"), crs=crs.key, example=example)


def _touch(one: Bounds, other: Bounds) -> bool:
    is_beside = one[2] < other[0] or other[2] < one[0]
    return not (is_beside or one[3] < other[1] or other[3] < one[1])


def _subset(query: Mapping[str, str], usual: Bounds) -> tuple[Bounds, CRS]:
    """Return the box of ``Lat(41.7:41.8),Lon(123.3:123.5)``; an axis left out is not limited."""
    crs, text = _crs(query, "subset-crs", CRS.CRS84), query["subset"][:500]
    west, south, east, north = _in_crs(usual, CRS.CRS84, crs)
    at = 0
    while (found := _SUBSET.match(text, at)) is not None:
        low, high = (parameters.number(found[i], "subset") for i in (2, 3))
        if found[1].lower() in _EAST:
            west, east = low, high
        elif found[1].lower() in _NORTH:
            south, north = low, high
        else:
            break
        at = found.end()
    if at < len(text) or not at or west >= east or south >= north:
        raise RequestError("map-subset", loc=("query", "subset"), given=text[:80])
    return (west, south, east, north), crs


def _round_center(
    query: Mapping[str, str], crs: CRS, layers: tuple[str, ...], snapshot: Snapshot
) -> Viewport:
    """Return the map round a place; unless a scale is given, the whole layer is as wide as it."""
    center_crs = _crs(query, "center-crs", CRS.CRS84)
    values = [parameters.number(part, "center") for part in query["center"][:200].split(",")]
    if len(values) != _PAIR:
        raise RequestError("map-center", loc=("query", "center"), given=query["center"][:80])
    x, y = values
    if "center-crs" in query:
        x, y = authority_order(x, y, center_crs)
    middle = from_storage_xy(*to_storage_xy(x, y, center_crs), crs)
    usual = _usual_bounds(layers, snapshot, crs)
    size = _size(query, usual)
    unit = pixel_at_scale(query, crs) or (usual[2] - usual[0]) / size[0]
    return _about(middle, unit, size, crs)


def _in_crs(box: Bounds, box_crs: CRS, crs: CRS) -> Bounds:
    """Return the bounds in a system of a box in another."""
    if box_crs is crs or (box_crs.is_lonlat and crs.is_lonlat):
        return box
    steps = [i / (_POINTS - 1) for i in range(_POINTS)]
    places = [
        from_storage_xy(
            *to_storage_xy(
                box[0] + (box[2] - box[0]) * across, box[1] + (box[3] - box[1]) * up, box_crs
            ),
            crs,
        )
        for across in steps
        for up in steps
    ]
    x, y = zip(*places, strict=True)
    bounds = (min(x), min(y), max(x), max(y))
    if not all(map(_is_finite, bounds)) or bounds[0] >= bounds[2] or bounds[1] >= bounds[3]:
        raise RequestError("map-box-empty", loc=("query", "bbox"), given=f"{box}"[:80])
    return bounds


def _is_finite(value: float) -> bool:
    return abs(value) < float("inf")


def _size(query: Mapping[str, str], bounds: Bounds) -> tuple[int, int]:
    """Return width and height: of what is not asked for, what keeps the map in proportion."""
    shape = (bounds[3] - bounds[1]) / (bounds[2] - bounds[0])
    if not 1 / _SLIMMEST <= shape <= _SLIMMEST and not {"width", "height"} <= query.keys():
        raise RequestError("map-box-slim", loc=("query", "width"), most=_SLIMMEST)
    width, height = (
        parameters.whole_number(query[name], name, low=1, high=LONGEST_SIDE)
        if name in query
        else None
        for name in ("width", "height")
    )
    if width is None:
        width = USUAL_WIDTH if height is None else round(height / shape)
    width = min(max(width, 1), LONGEST_SIDE)
    if height is None:
        height = round(width * shape)
    return width, min(max(height, 1), LONGEST_SIDE)


def _crs(query: Mapping[str, str], name: str, usual: CRS) -> CRS:
    if name not in query:
        return usual
    crs = parameters.crs(query[name], name)
    if crs not in OFFERED:
        known = ", ".join(each.key for each in OFFERED)
        raise RequestError("wms-crs", loc=("query", name), given=query[name][:80], known=known)
    return crs


def _truth(query: Mapping[str, str], name: str, *, default: bool) -> bool:
    if name not in query:
        return default
    return parameters.choice(query[name].lower(), name, choices=("true", "false")) == "true"


def content_bbox(viewport: Viewport) -> str:
    """Return a map's bounds as the header ``Content-Bbox`` has them, in the CRS's own order."""
    first, second = viewport.bounds[:2], viewport.bounds[2:]
    corners = (*authority_order(*first, viewport.crs), *authority_order(*second, viewport.crs))
    return ",".join(f"{number:.10g}" for number in corners)
