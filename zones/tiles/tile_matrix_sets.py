"""Tile matrix sets: how the earth is cut into numbered tiles, and where a tile lies."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple

from zones.crs.transform import CRS, authority_order, from_storage_xy, to_storage_xy
from zones.errors import TileOutOfRangeError, UnknownTileMatrixSetError
from zones.model import JSON, BBox

TILE_PIXELS: Final = 256
MAX_ZOOM: Final = 22
PIXEL_M: Final = 0.00028
"""The pixel to which OGC's scale denominators refer."""
HALF_EQUATOR_M: Final = math.pi * 6378137.0
"""With the equator's radius of WGS 84, which is that of CGCS2000."""
REGISTRY: Final = "http://www.opengis.net/def/tilematrixset/OGC/1.0/"


class PlaneBox(NamedTuple):
    """West, south, east, north in the unit of a tile matrix set's CRS; x is always east."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class MatrixLimits:
    """The tiles of one zoom that hold something, first and last included."""

    zoom: int
    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True, eq=False)  # each is the only one of its kind, and quick to look up
class TileMatrixSet:
    """A pyramid of square tiles: at zoom 0 ``columns`` x 1, four times as many at each further.

    Attributes
    ----------
    west, north
        Where the tile in row 0 and column 0 begins, in the unit of ``crs``.
    span
        Side of a tile of zoom 0, in the unit of ``crs``.
    columns
        Tiles beside each other at zoom 0; there is one row.
    farthest_lat
        Latitudes beyond are moved there: the Mercator projection has no place for the poles.
    registered
        Whether OGC's register of tile matrix sets has it, so that it has a URI.
    """

    id: str
    title: str
    title_en: str
    crs: CRS
    west: float
    north: float
    span: float
    columns: int
    farthest_lat: float
    axes: tuple[str, str]
    registered: bool
    well_known_scale_set: str | None = None
    max_zoom: int = MAX_ZOOM
    same_tiles_as: "TileMatrixSet | None" = None
    """The set whose tiles these are too, cut from the same degrees under another name."""

    @property
    def grid(self) -> "TileMatrixSet":
        """The set that its tiles are made in, once for all names."""
        return self.same_tiles_as or self

    @property
    def uri(self) -> str | None:
        """The URI in OGC's register, if it is there."""
        return REGISTRY + self.id if self.registered else None

    def tile(self, zoom: int, row: int, column: int) -> "Tile":
        """Return the tile's address.

        Raises
        ------
        TileOutOfRangeError
            If there is no such zoom, row or column.
        """
        return Tile(self, zoom, row, column)

    def size(self, zoom: int) -> tuple[int, int]:
        """Return how many rows and columns the matrix of a zoom has."""
        return 2**zoom, self.columns * 2**zoom

    def tile_at(self, zoom: int, lon: float, lat: float) -> "Tile":
        """Return the tile that holds a place in degrees; the nearest, if it lies beyond all."""
        row, column = self._place(zoom, lon, lat)
        rows, columns = self.size(zoom)
        return self.tile(zoom, _within(row, 0, rows - 1), _within(column, 0, columns - 1))

    def limits(self, bbox: BBox, *, zooms: range | None = None) -> tuple[MatrixLimits, ...]:
        """Return, for each zoom, the tiles that the box touches; the box may be a point.

        A box whose west is greater than its east crosses the antimeridian and gets the whole
        width.
        """
        west, east = (bbox.west, bbox.east) if bbox.west <= bbox.east else (-180.0, 180.0)
        return tuple(
            self._limits(zoom, BBox(west, bbox.south, east, bbox.north))
            for zoom in zooms or range(self.max_zoom + 1)
        )

    @cached_property
    def definition(self) -> Mapping[str, JSON]:
        """The definition as OGC's Two Dimensional Tile Matrix Set 2.0 (17-083r4) encodes it."""
        known: dict[str, JSON] = {"uri": self.uri} if self.uri else {}
        if self.well_known_scale_set:
            known["wellKnownScaleSet"] = self.well_known_scale_set
        return MappingProxyType(
            {
                "id": self.id,
                "title": self.title_en,
                **known,
                "crs": self.crs.uri,
                "orderedAxes": list(self.axes),
                "tileMatrices": [self._matrix(zoom) for zoom in range(self.max_zoom + 1)],
            }
        )

    def _matrix(self, zoom: int) -> JSON:
        cell = self.span / TILE_PIXELS / 2**zoom
        rows, columns = self.size(zoom)
        return {
            "id": str(zoom),
            "scaleDenominator": cell * self._metres_per_unit / PIXEL_M,
            "cellSize": cell,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": list(authority_order(self.west, self.north, self.crs)),
            "tileWidth": TILE_PIXELS,
            "tileHeight": TILE_PIXELS,
            "matrixWidth": columns,
            "matrixHeight": rows,
        }

    @property
    def _metres_per_unit(self) -> float:
        return HALF_EQUATOR_M / 180 if self.crs.is_geographic else 1.0

    def _place(self, zoom: int, lon: float, lat: float) -> tuple[float, float]:
        """Return row and column of a place, fractions telling where in the tile."""
        lat = min(max(lat, -self.farthest_lat), self.farthest_lat)
        x, y = from_storage_xy(lon, lat, self.crs)
        scale = 2**zoom / self.span
        return (self.north - y) * scale, (x - self.west) * scale

    def _limits(self, zoom: int, bbox: BBox) -> MatrixLimits:
        top, left = self._place(zoom, bbox.west, bbox.north)
        bottom, right = self._place(zoom, bbox.east, bbox.south)
        rows, columns = self.size(zoom)
        first_row = _within(top, 0, rows - 1)
        first_column = _within(left, 0, columns - 1)
        # What ends exactly on a tile's edge does not reach into the next tile.
        last_row = _within(math.ceil(bottom) - 1, first_row, rows - 1)
        last_column = _within(math.ceil(right) - 1, first_column, columns - 1)
        return MatrixLimits(zoom, first_row, last_row, first_column, last_column)


@dataclass(frozen=True, slots=True)
class Tile:
    """The address of one tile; row 0 is the northernmost, column 0 the westernmost.

    Raises
    ------
    TileOutOfRangeError
        If the set has no such zoom, row or column.
    """

    tms: TileMatrixSet
    zoom: int
    row: int
    column: int

    def __post_init__(self) -> None:
        if not 0 <= self.zoom <= self.tms.max_zoom:
            raise TileOutOfRangeError(
                "tile-zoom-unknown",
                loc=("path", "z"),
                zoom=self.zoom,
                max_zoom=self.tms.max_zoom,
                tms=self.tms.id,
            )
        rows, columns = self.tms.size(self.zoom)
        if not (0 <= self.row < rows and 0 <= self.column < columns):
            raise TileOutOfRangeError(
                "tile-out-of-range",
                loc=("path", "y" if not 0 <= self.row < rows else "x"),
                zoom=self.zoom,
                row=self.row,
                column=self.column,
                last_row=rows - 1,
                last_column=columns - 1,
            )

    @property
    def bounds(self) -> PlaneBox:
        """The tile's edges in the unit of the set's CRS."""
        span = self.tms.span / 2**self.zoom
        west, north = self.tms.west + self.column * span, self.tms.north - self.row * span
        return PlaneBox(west, north - span, west + span, north)

    @property
    def bbox(self) -> BBox:
        """The tile's edges in degrees."""
        west, south, east, north = self.bounds
        return BBox(
            *to_storage_xy(west, south, self.tms.crs), *to_storage_xy(east, north, self.tms.crs)
        )


WEB_MERCATOR_QUAD: Final = TileMatrixSet(
    id="WebMercatorQuad",
    title="Web 墨卡托四叉树(与谷歌地图兼容)",
    title_en="Google Maps Compatible for the World",
    crs=CRS.EPSG_3857,
    west=-HALF_EQUATOR_M,
    north=HALF_EQUATOR_M,
    span=2 * HALF_EQUATOR_M,
    columns=1,
    farthest_lat=89.5,
    axes=("X", "Y"),
    registered=True,
    well_known_scale_set="http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
)

CGCS2000_QUAD: Final = TileMatrixSet(
    id="CGCS2000Quad",
    title="2000 国家大地坐标系经纬度四叉树",
    title_en="CGCS2000 (EPSG:4490) degrees for the World",
    crs=CRS.EPSG_4490,
    west=-180.0,
    north=90.0,
    span=180.0,
    columns=2,
    farthest_lat=90.0,
    axes=("Lat", "Lon"),
    registered=False,
)
"""The tiles of OGC's ``WorldCRS84Quad``, on CGCS2000.

OGC's register has no set in EPSG:4490; software that needs one names it so. Tianditu's matrix set
``c`` (EPSG:4490, first level 2 x 1 tiles) has the same tiles, its levels counted from 1: zoom 0
here is its level 1.
"""

WORLD_CRS84_QUAD: Final = TileMatrixSet(
    id="WorldCRS84Quad",
    title="WGS 84 经纬度四叉树",
    title_en="CRS84 for the World",
    crs=CRS.CRS84,
    west=-180.0,
    north=90.0,
    span=180.0,
    columns=2,
    farthest_lat=90.0,
    axes=("Lon", "Lat"),
    registered=True,
    well_known_scale_set="http://www.opengis.net/def/wkss/OGC/1.0/GoogleCRS84Quad",
    same_tiles_as=CGCS2000_QUAD,
)
"""The name by which programs that know OGC's register find the tiles of ``CGCS2000Quad``."""

TILE_MATRIX_SETS: Final[Mapping[str, TileMatrixSet]] = MappingProxyType(
    {tms.id: tms for tms in (WEB_MERCATOR_QUAD, WORLD_CRS84_QUAD, CGCS2000_QUAD)}
)


def tile_matrix_set(tms_id: str) -> TileMatrixSet:
    """Return the tile matrix set of that id.

    Raises
    ------
    UnknownTileMatrixSetError
    """
    try:
        return TILE_MATRIX_SETS[tms_id]
    except KeyError:
        raise UnknownTileMatrixSetError(
            tms=tms_id[:100], supported=", ".join(TILE_MATRIX_SETS)
        ) from None


def _within(place: float, first: int, last: int) -> int:
    return min(max(math.floor(place), first), last)
