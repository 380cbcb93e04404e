"""The small map that shows where the frame of a sheet lies."""

from typing import Final

import shapely

from zones.crs.transform import PLANE, to_plane
from zones.drawing.compose_drawing import compose
from zones.drawing.drawing_request import DrawingRequest
from zones.drawing.model import Bounds, CrowdShape, Drawing, Shape, Style, Viewport
from zones.drawing.svg import svg_text
from zones.printing.map_view import BACKGROUND, SheetMap, in_look
from zones.printing.sheet_options import PX_PER_MM, SheetOrder
from zones.snapshot.model import Snapshot

_LAYERS: Final = ("zones", "district", "basemap")
_FRAME: Final = Style(fill="#c1121f", fill_opacity=0.05, stroke="#c1121f", stroke_width=1.4)
_SCALE: Final = 0.5
_MARGIN: Final = 0.06


def overview_svg(snapshot: Snapshot, shown: SheetMap, order: SheetOrder, size_mm: float) -> str:
    """Return a square picture of the district and its neighbours, with the sheet's frame on it."""
    bounds = _square(_ground(snapshot, shown))
    side = size_mm * PX_PER_MM
    view = Viewport(PLANE, bounds, side, side, _SCALE * order_factor(shown))
    layers = [id_ for id_ in _LAYERS if id_ in snapshot.collections]
    request = DrawingRequest(layers, order.lang, has_labels=False, background=BACKGROUND)
    drawing = compose(snapshot, view, request)
    found = [shape for shape in drawing.shapes if not _is_street(snapshot, shape)]
    frame = Shape(_in_pixels(shown.bounds, view), _FRAME)
    picture = Drawing(view, (*found, frame), (), BACKGROUND)
    return svg_text(in_look(picture, order.look), decimals=2)


def order_factor(shown: SheetMap) -> float:
    """Return how much larger strokes are on this size of paper than on the screen."""
    return shown.layout.symbol_scale


def _is_street(snapshot: Snapshot, shape: Shape | CrowdShape) -> bool:
    if shape.collection != "basemap":
        return False
    ground = snapshot.collection("basemap")
    return ground.properties[ground.index_of(str(shape.fid))].get("kind") == "street"


def _ground(snapshot: Snapshot, shown: SheetMap) -> Bounds:
    """Return the bounds of the district, and of the frame where that lies elsewhere."""
    boxes = [shapely.box(*shown.bounds)]
    district = snapshot.collection_or_empty("district")
    boxes += [to_plane(geometry) for geometry in district.geometries if geometry is not None]
    west, south, east, north = shapely.total_bounds(boxes).tolist()
    return west, south, east, north


def _square(bounds: Bounds) -> Bounds:
    west, south, east, north = bounds
    half = max(east - west, north - south) * (0.5 + _MARGIN)
    x, y = (west + east) / 2, (south + north) / 2
    return x - half, y - half, x + half, y + half


def _in_pixels(bounds: Bounds, view: Viewport) -> shapely.Polygon:
    west, _, _, north = view.bounds
    across, down = view.unit_px
    x_min, y_min, x_max, y_max = bounds
    return shapely.box(
        (x_min - west) * across,
        (north - y_max) * down,
        (x_max - west) * across,
        (north - y_min) * down,
    )
