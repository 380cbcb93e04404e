"""Which features are under a pixel of a picture."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from app.http import parameters
from app.http.fault_status import RequestError
from app.map_images.layer_list import collections_shown, data_extent
from app.webservices.key_value_pairs import SHOWN, KeyValues
from app.webservices.wms.bbox_crs_size import viewport_of
from app.webservices.wms.get_map_query import layers_named
from app.webservices.wms.versions import WMSVersion
from zones.crs.transform import CRS, geometry_to_storage
from zones.drawing.draw_plan_layers import circle
from zones.drawing.model import Viewport
from zones.drawing.visible_features import not_drawn
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

MOST_FEATURES: Final = 1_000
"""Of an answer, whatever is asked for."""
TOLERANCE_PX: Final = 5.0
"""How far from a line or a point a click still means it."""
MOST_TOLERANCE_PX: Final = 100.0


@dataclass(frozen=True, slots=True)
class Hits:
    """Features of one collection under a pixel, by their positions."""

    collection: Collection
    positions: list[int]


@dataclass(frozen=True, slots=True)
class Click:
    """A pixel of a picture; ``tolerances_px`` for points, lines and areas."""

    viewport: Viewport
    column: int
    row: int
    tolerances_px: tuple[float, float, float]


def hits_of(kvp: KeyValues, snapshot: Snapshot, version: WMSVersion) -> tuple[list[Hits], CRS]:
    """Return what a GetFeatureInfo finds, the topmost layer first, and the system it asks in.

    Raises
    ------
    RequestError, UnknownCRSError
        What is wrong with a parameter, the place being its name.
    """
    layers = layers_named(kvp.required("QUERY_LAYERS"), "QUERY_LAYERS", snapshot)
    shown = layers_named(kvp.required("LAYERS"), "LAYERS", snapshot)
    viewport = viewport_of(kvp, version, data=data_extent(snapshot, shown))
    return hits_at(kvp, snapshot, layers, viewport, version), viewport.crs


def hits_at(
    kvp: KeyValues,
    snapshot: Snapshot,
    layers: Sequence[str],
    viewport: Viewport,
    version: WMSVersion,
) -> list[Hits]:
    """Return what is under the pixel that is asked for, the topmost layer first.

    Raises
    ------
    RequestError
        ``wms-point``, ``ows-parameter-missing`` or the fault of a number.
    """
    most = count_of(kvp)
    click = _click(kvp, version, viewport)
    found: list[Hits] = []
    for id_ in collections_shown(snapshot, layers[::-1]):
        collection = snapshot.collection(id_)
        positions = [*_under(collection, click, snapshot.derived(not_drawn))][:most]
        if positions:
            found.append(Hits(collection, positions))
    return found


def count_of(kvp: KeyValues) -> int:
    """Return how many features of a layer are told: one, unless more are asked for."""
    text = kvp.get("feature_count")
    if text is None:
        return 1
    return min(parameters.whole_number(text, "FEATURE_COUNT", low=1, high=10**9), MOST_FEATURES)


def _click(kvp: KeyValues, version: WMSVersion, viewport: Viewport) -> Click:
    column, row = (
        _pixel(kvp, name, version, size)
        for name, size in ((version.column, viewport.width_px), (version.row, viewport.height_px))
    )
    tolerances = tuple(
        _tolerance(kvp, names, usual * viewport.symbol_scale)
        for names, usual in (
            (("fi_point_tolerance", "buffer", "radius"), TOLERANCE_PX),
            (("fi_line_tolerance", "buffer", "radius"), TOLERANCE_PX),
            (("fi_polygon_tolerance",), 0.0),
        )
    )
    return Click(viewport, column, row, (tolerances[0], tolerances[1], tolerances[2]))


def _pixel(kvp: KeyValues, name: str, version: WMSVersion, size: float) -> int:
    # Clients mix the names of the two versions; what is meant is plain.
    other = {"I": "X", "J": "Y", "X": "I", "Y": "J"}[name]
    text = kvp.get(name.lower(), other.lower())
    if text is None:
        raise RequestError("ows-parameter-missing", loc=("query", name), name=name)
    try:
        return parameters.whole_number(text, name, low=0, high=int(size) - 1)
    except RequestError as fault:
        last = int(size) - 1
        raise RequestError(
            "wms-point", loc=("query", name), name=name, given=text[:SHOWN], last=last
        ) from fault


def _tolerance(kvp: KeyValues, names: Sequence[str], usual: float) -> float:
    text = kvp.get(*names)
    if text is None:
        return usual
    return min(max(parameters.number(text, names[0].upper()), 0.0), MOST_TOLERANCE_PX)


def _under(collection: Collection, click: Click, hidden: Container[str]) -> Iterator[int]:
    """Yield the features under the pixel, those drawn last first."""
    dimensions = collection.derived(_dimensions)
    found: set[int] = set()
    for dimension, tolerance in enumerate(click.tolerances_px):
        probe = _probe(click, tolerance)
        near = collection.tree.query(probe, predicate="intersects")
        found.update(near[dimensions[near] == dimension].tolist())
    found.update(discs_covering(collection, _probe(click, 0.0)))
    yield from drawn_first(collection, found, hidden)


def discs_covering(collection: Collection, place: BaseGeometry) -> Iterator[int]:
    """Yield the positions of places drawn as discs that a place of EPSG:4490 lies in."""
    positions, discs = collection.derived(_discs)
    yield from positions[shapely.covers(discs, place)].tolist()


def drawn_first(
    collection: Collection, positions: Iterable[int], hidden: Container[str]
) -> list[int]:
    """Return the features that are drawn, the topmost first.

    Parameters
    ----------
    hidden
        What is on record and no map shows, see ``zones.drawing.visible_features.not_drawn``.
    """
    id_, fids = collection.info.id, collection.fids
    drawn = (each for each in positions if f"{id_}/{fids[each]}" not in hidden)
    return sorted(drawn, reverse=True)


def _dimensions(collection: Collection) -> NDArray[np.int64]:
    dimensions: NDArray[np.int64] = np.asarray(shapely.get_dimensions(collection.geometries))
    return dimensions


def _probe(click: Click, tolerance_px: float) -> BaseGeometry:
    """Return the place of the pixel's middle, or the square round it, in EPSG:4490."""
    view = click.viewport
    west, _, _, north = view.bounds
    across, down = view.unit_px
    x, y = west + (click.column + 0.5) / across, north - (click.row + 0.5) / down
    if not tolerance_px:
        probe = shapely.Point(x, y)
    else:
        room_x, room_y = tolerance_px / across, tolerance_px / down
        probe = shapely.box(x - room_x, y - room_y, x + room_x, y + room_y)
    placed: BaseGeometry = geometry_to_storage(probe, view.crs)
    is_placed = np.isfinite(shapely.get_coordinates(placed)).all()
    return placed if is_placed else shapely.Point()


def _discs(collection: Collection) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return the positions of places that are drawn as discs, and the discs."""
    points = np.flatnonzero(collection.derived(_dimensions) == 0).tolist()
    every = ((i, circle(collection.geometries[i], collection.properties[i])) for i in points)
    found = [(i, disc) for i, disc in every if disc is not None]
    positions = np.array([i for i, _ in found], dtype=np.int64)
    return positions, np.array([disc for _, disc in found], dtype=object)
