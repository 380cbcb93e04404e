"""A small map of the district as one SVG: where an element lies, without any script.

Drawn in EPSG:4550, north up. The markup holds numbers and our own colours only, no value of a
feature, so that it can stand in a page as it is.
"""

from collections.abc import Container, Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import shapely

from zones.crs.transform import to_plane
from zones.drawing.plan_element_colours import ELEMENT_STYLES, PAPER
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

SIMPLIFIED_M = 25.0
"""Half a pixel at the width that the sketch is shown with."""

MOST_DRAWN = 400
"""Collections of more features are shown by their extent alone."""

MARGIN_M = 250.0
WATER, GROUND, EDGE = "#b4d7e6", "#e9e2d4", "#6b6255"
MARK, FRAME = "#1d5468", "#a63026"
BACK_OPACITY, CHOSEN_OPACITY = 0.28, 0.9


def element_sketch(snapshot: Snapshot, chosen: str | None = None) -> str:
    """Return the sketch; with ``chosen`` the other elements step back behind that one.

    An empty string when the snapshot has nothing to draw the district by.
    """
    return _framed(snapshot, _parts(snapshot, chosen))


def marked_sketch(snapshot: Snapshot, collection_id: str, fids: Container[str]) -> str:
    """Return the sketch with the elements stepped back behind some features of a collection.

    An empty string when the snapshot has nothing to draw the district by.
    """
    marked = (
        _path(geometry, f'fill="{FRAME}" fill-opacity="0.55" stroke="{FRAME}" stroke-width="90"')
        for fid, geometry in _drawn(snapshot.collection_or_empty(collection_id))
        if fid in fids
    )
    return _framed(snapshot, chain(_parts(snapshot, collection_id), marked))


def _framed(snapshot: Snapshot, drawn: Iterable[str]) -> str:
    frame = _frame(snapshot)
    if frame is None:
        return ""
    west, south, east, north = frame
    parts = "".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{west:.0f} {-north:.0f} '
        f'{east - west:.0f} {north - south:.0f}" aria-hidden="true" '
        f'stroke-linejoin="round" stroke-linecap="round">{parts}</svg>'
    )


def collection_sketch(snapshot: Snapshot, collection: Collection) -> str:
    """Return where the features of a collection are: over the district, framed by their extent.

    An empty string when neither the district nor any feature has a place in the plane.
    """
    district = _planes(snapshot.collection_or_empty("district"))
    frame = _extent_plane(collection)
    shown = [*district, *frame]
    if not shown or not np.isfinite(bounds := shapely.total_bounds(shown)).all():
        return ""
    west, south, east, north = bounds.tolist()
    margin = max(east - west, north - south, 1000.0) / 20
    fine = margin / 15
    own = _planes(collection) if len(collection) <= MOST_DRAWN else []
    parts = [
        *(_path(one, f'fill="{GROUND}" stroke="{EDGE}" {_thin(1)}', fine) for one in district),
        *(_path(one, _mark(one), fine) for one in own),
        *(_path(one, f'fill="none" stroke="{FRAME}" {_thin(1.5)}', 0) for one in frame),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{west - margin:.0f} '
        f'{-north - margin:.0f} {east - west + 2 * margin:.0f} {north - south + 2 * margin:.0f}" '
        f'aria-hidden="true" stroke-linejoin="round" stroke-linecap="round">{"".join(parts)}</svg>'
    )


def _extent_plane(collection: Collection) -> list[Any]:
    if collection.extent is None:
        return []
    return [to_plane(shapely.box(*collection.extent))]


def _mark(geometry: Any) -> str:
    kind = shapely.get_dimensions(geometry)
    if kind == 0:
        return f'fill="none" stroke="{MARK}" {_thin(4)}'
    if kind == 1:
        return f'fill="none" stroke="{MARK}" {_thin(1.5)}'
    return f'fill="{MARK}" fill-opacity="0.35" stroke="{MARK}" {_thin(0.8)}'


def _thin(pixels: float) -> str:
    return f'stroke-width="{pixels}" vector-effect="non-scaling-stroke"'


def _frame(snapshot: Snapshot) -> tuple[float, float, float, float] | None:
    """Return the extent in metres that the sketch shows: all that is in it, and a margin."""
    shown = [
        geometry
        for name in ("district", "zones", "belts")
        for geometry in _planes(snapshot.collection_or_empty(name))
    ]
    if not shown:
        return None
    west, south, east, north = shapely.total_bounds(shown).tolist()
    return west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M


def _parts(snapshot: Snapshot, chosen: str | None) -> Iterator[str]:
    for geometry in _planes(snapshot.collection_or_empty("district")):
        yield _path(geometry, f'fill="{PAPER}" stroke="{EDGE}" stroke-width="90"')
    yield from _fills(snapshot.collection_or_empty("zones"), chosen)
    yield from _water(snapshot)
    yield from _fills(snapshot.collection_or_empty("belts"), chosen)
    yield from _lines(snapshot.collection_or_empty("axes"), chosen)


def _fills(collection: Collection, chosen: str | None) -> Iterator[str]:
    for fid, geometry in _drawn(collection):
        if style := ELEMENT_STYLES.get(fid):
            is_belt = fid.startswith("belt")
            strength = _strength(fid, chosen) * (0.35 if is_belt else 1)
            width = 130 if fid == chosen else 40
            yield _path(
                geometry,
                f'fill="{style.colour}" fill-opacity="{strength:.2f}" stroke="{style.line}" '
                f'stroke-width="{width}"' + (' stroke-dasharray="260 160"' if is_belt else ""),
            )


def _lines(collection: Collection, chosen: str | None) -> Iterator[str]:
    for fid, geometry in _drawn(collection):
        if style := ELEMENT_STYLES.get(fid):
            opacity = 1 if chosen in {None, fid} else 0.3
            yield _path(
                geometry,
                f'fill="none" stroke="{style.line}" stroke-opacity="{opacity}" '
                f'stroke-width="{260 if fid == chosen else 150}"',
            )


def _water(snapshot: Snapshot) -> Iterator[str]:
    basemap = snapshot.collection_or_empty("basemap")
    for feature, geometry in zip(basemap, basemap.geometries, strict=True):
        if geometry is not None and feature.properties.get("kind") == "water":
            yield _path(to_plane(geometry), f'fill="{WATER}" fill-opacity="0.8" stroke="none"')


def _strength(fid: str, chosen: str | None) -> float:
    if chosen is None:
        return 0.62
    return CHOSEN_OPACITY if fid == chosen else BACK_OPACITY


def _drawn(collection: Collection) -> Iterator[tuple[str, Any]]:
    for fid, geometry in zip(collection.fids, collection.geometries, strict=True):
        if geometry is not None:
            yield fid, to_plane(geometry)


def _planes(collection: Collection) -> list[Any]:
    return [geometry for _, geometry in _drawn(collection)]


def _path(geometry: Any, attributes: str, fine_m: float = SIMPLIFIED_M) -> str:
    simple = shapely.simplify(geometry, fine_m)
    return f'<path d="{"".join(_strokes(simple))}" {attributes}/>'


def _strokes(geometry: Any) -> Iterator[str]:
    for part in shapely.get_parts(geometry):
        for ring in _rings(part):
            points = " ".join(f"{x:.0f} {-y:.0f}" for x, y in ring)
            # A stroke of no length is drawn as a dot by its round ends.
            yield f"M{points}" + {"Polygon": "Z", "Point": "h0"}.get(part.geom_type, "")


def _rings(part: Any) -> Iterable[Any]:
    if part.geom_type == "Polygon":
        return [ring.coords for ring in (part.exterior, *part.interiors)]
    return [part.coords]
