"""What the map of a sheet shows: its place, scale, shapes, names and grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely

from zones.crs.transform import PLANE, from_storage_xy, geometry_to_storage, to_plane
from zones.drawing.compose_drawing import compose
from zones.drawing.drawing_request import DrawingRequest
from zones.drawing.features_in_view import collections_of
from zones.drawing.grey_and_strong_colours import grey, recoloured, strong
from zones.drawing.model import Bounds, Drawing, Shape, Style, Viewport
from zones.drawing.plan_layer_style import LOOKS
from zones.drawing.visible_features import is_shown
from zones.errors import PrintError
from zones.map_page.layer_list import opening_bbox
from zones.model import BBox
from zones.plan.planned_and_measured import drawn_features
from zones.plan_text import Element
from zones.printing.coordinate_grid import GridLines, grid_of
from zones.printing.paper_layout import PaperBox, PaperLayout, fitting_scale, layout_of, map_bounds
from zones.printing.sheet_options import HIGHEST_SCALE, PX_PER_MM, Look, SheetOrder
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import text

BACKGROUND: Final = LOOKS["neighbour"].fill
"""Of which neighbours are known round the district only; beyond, the ground looks the same."""
_NAMES_DETAIL: Final = 3.0
_LEAST_EXTENT_M: Final = 60.0
_GRID_STYLE: Final = Style(stroke="#3b352c", stroke_width=0.35, stroke_opacity=0.45, cap="butt")
_PROJECTED: Final = 1.35
"""How much larger letters and strokes are for those at the back of the room."""
CONFLICTS: Final = "disputes"
MOST_SHAPES, MOST_VERTICES = 60_000, 1_500_000
"""Of one map: five times the parcels that an A0 can show."""


@dataclass(frozen=True, slots=True)
class SheetMap:
    """The map of one sheet; ``scale`` is the n of 1:n in EPSG:4550."""

    layout: PaperLayout
    drawing: Drawing
    grid: GridLines
    scale: float
    collections: tuple[str, ...]
    site_statuses: Mapping[str, str]

    @property
    def bounds(self) -> Bounds:
        """What the frame shows, in metres of EPSG:4550."""
        return self.drawing.viewport.bounds


def sheet_map(snapshot: Snapshot, order: SheetOrder, element: Element | None) -> SheetMap:
    """Return the map of the whole, of a box, or of one element.

    Raises
    ------
    UnknownCollectionError
    PrintError
        ``print-empty`` if what is ordered has no place, ``print-scale`` if it is larger than any
        sheet shows.
    """
    collections = ordered_collections(snapshot, order)
    extent = _extent(snapshot, order, element)
    layout, scale = _placed(order, extent)
    view = _viewport(layout, map_bounds(extent, layout.frame, scale), order)
    request = DrawingRequest(
        collections,
        order.lang,
        detail=_NAMES_DETAIL,
        covered=(_north_room(layout),),
        highlight=element.id if element else None,
        background=BACKGROUND,
    )
    grid = grid_of(order.grid, view, layout.frame, layout.text_mm)
    drawing = compose(snapshot, view, request)
    _check_amount(drawing)
    drawing = in_look(_with_grid(drawing, grid), order.look)
    statuses = snapshot.derived(_site_statuses)
    return SheetMap(layout, drawing, grid, scale, tuple(collections), statuses)


def _check_amount(drawing: Drawing) -> None:
    """Refuse what would take minutes to set, and megabytes to send."""
    vertices = sum(shapely.get_num_coordinates(shape.geometry) for shape in drawing.shapes)
    if vertices > MOST_VERTICES or len(drawing.shapes) > MOST_SHAPES:
        raise PrintError(
            "print-much",
            loc=("query", "collections"),
            shapes=f"{len(drawing.shapes):,}",
            most=f"{MOST_SHAPES:,}",
        )


def _site_statuses(snapshot: Snapshot) -> Mapping[str, str]:
    sites = snapshot.collection_or_empty("sites")
    return {
        fid: text(properties, "site_status") or "existing"
        for fid, properties in zip(sites.fids, sites.properties, strict=True)
    }


def ordered_collections(snapshot: Snapshot, order: SheetOrder) -> list[str]:
    """Return the ids of what is drawn, by default what maps show at first, and the conflicts.

    Raises
    ------
    UnknownCollectionError
    """
    if order.collections is not None:
        return collections_of(snapshot, order.collections)
    return [id_ for id_ in snapshot.collections if is_shown(snapshot.info(id_)) or id_ == CONFLICTS]


def in_look(drawing: Drawing, look: Look) -> Drawing:
    """Return the drawing in the colours of a look."""
    if look is Look.COLOUR:
        return drawing
    return recoloured(drawing, grey if look is Look.GREY else strong)


def _placed(order: SheetOrder, extent: Bounds) -> tuple[PaperLayout, float]:
    """Return the layout, turned so that the map is largest, and the scale."""
    turns = (True, False) if order.landscape is None else (order.landscape,)
    layouts = [layout_of(order.size, landscape=turn) for turn in turns]
    scales = [fitting_scale(extent, layout.frame) for layout in layouts]
    best = min(range(len(layouts)), key=lambda number: scales[number])
    scale = float(order.scale or scales[best])
    if scale > HIGHEST_SCALE:
        raise PrintError("print-scale-small", scale=f"{scale:,.0f}", highest=f"{HIGHEST_SCALE:,}")
    return layouts[best], scale


def _viewport(layout: PaperLayout, bounds: Bounds, order: SheetOrder) -> Viewport:
    larger = _PROJECTED if order.look is Look.PROJECTOR else 1.0
    frame = layout.frame
    return Viewport(
        PLANE,
        bounds,
        frame.width * PX_PER_MM,
        frame.height * PX_PER_MM,
        layout.symbol_scale * larger,
    )


def _extent(snapshot: Snapshot, order: SheetOrder, element: Element | None) -> Bounds:
    if element is None:
        return plane_bounds(order.bbox or opening_bbox(snapshot, order.collections))
    shapes = [f.geometry for f in drawn_features(snapshot, element) if f.geometry is not None]
    bounds = shapely.total_bounds(to_plane(shapes)) if shapes else None
    if bounds is None or not shapely.box(*bounds).is_valid:
        raise PrintError("print-empty", loc=("query", "element"), element=element.id)
    return _roomy(tuple(bounds.tolist()))


def plane_bounds(box: BBox) -> Bounds:
    """Return the bounds of a box of degrees in metres of EPSG:4550.

    Raises
    ------
    PrintError
        ``print-far`` where EPSG:4550 is not used.
    """
    lon, lat = np.meshgrid(np.linspace(box.west, box.east, 9), np.linspace(box.south, box.north, 9))
    x, y = from_storage_xy(lon.ravel(), lat.ravel(), PLANE)
    west, south, east, north = (float(each) for each in (x.min(), y.min(), x.max(), y.max()))
    extent = PLANE.extent
    known = extent.holds(west, south) and extent.holds(east, north)
    if not known or box.west > box.east:
        raise PrintError("print-far", loc=("query", "bbox"), crs=PLANE.key)
    return _roomy((west, south, east, north))


def degrees_of(bounds: Bounds) -> BBox:
    """Return the bounds in degrees of a box of EPSG:4550."""
    ring = geometry_to_storage(shapely.segmentize(shapely.box(*bounds), 2000), PLANE)
    return BBox(*ring.bounds)


def _roomy(bounds: Sequence[float]) -> Bounds:
    """Return bounds that are an area: a single point has surroundings as well."""
    west, south, east, north = bounds
    x, y = (max(0.0, _LEAST_EXTENT_M - side) / 2 for side in (east - west, north - south))
    return west - x, south - y, east + x, north + y


def _north_room(layout: PaperLayout) -> Bounds:
    """Return where the arrow to the north stands in the map, in its pixels."""
    box = north_box(layout)
    right, top = layout.frame.width * PX_PER_MM, 0.0
    size = (box.width + 2) * PX_PER_MM, (box.height + 2) * PX_PER_MM
    return right - size[0], top, right, top + size[1]


def north_box(layout: PaperLayout) -> PaperBox:
    """Return where the arrow to the north stands on the paper: the map's upper right corner."""
    width, height = 4.2 * layout.text_mm, 6.2 * layout.text_mm
    frame = layout.frame
    gap = layout.text_mm * 0.8
    return PaperBox(frame.x + frame.width - width - gap, frame.y + gap, width, height)


def _with_grid(drawing: Drawing, grid: GridLines) -> Drawing:
    lines = tuple(Shape(line, _GRID_STYLE) for line in grid.lines)
    # Discs and frames of names come last, and lie over the grid.
    first = next(
        (i for i, shape in enumerate(drawing.shapes) if shape.collection is None),
        len(drawing.shapes),
    )
    return replace(drawing, shapes=drawing.shapes[:first] + lines + drawing.shapes[first:])
