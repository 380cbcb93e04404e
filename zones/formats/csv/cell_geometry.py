"""Cells of a table that hold whole geometries: WKT, also with an SRID, hexadecimal WKB, GeoJSON.

PostGIS copies its geometries as hexadecimal EWKB, spatial SQL shows WKT, web programs GeoJSON, map
services outlines as lists of places. What a cell holds is told by how it begins, cell by cell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.formats.arc_to_points import UnreadableCurveError
from zones.formats.coordinate_strings import UnreadablePolyline, area_of, is_closed, is_polyline
from zones.formats.csv.cell_texts import FULL_WIDTH, HEX, without_srid
from zones.formats.geojson.geometry import build_geometries
from zones.formats.straighten_wkt_wkb_curves import curves_of_wkb, curves_of_wkt
from zones.formats.wkb import without_slips
from zones.geojson.duplicate_members import repeated_member
from zones.model import JSON, Problem
from zones.sandbox.limits import DEEPEST_NESTING

Numbers = NDArray[np.int64]

_CURVES: Final = re.compile(
    r"CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE", re.I
)
_COLLECTION: Final = "GEOMETRYCOLLECTION"
_CELL_OF_A_SPREADSHEET = 32_767  # characters; Excel cuts what is longer
_SHOWN = 60


@dataclass(slots=True)
class Geometries:
    """Geometries of rows; None where a cell is blank and where ``problems`` says what is wrong.

    ``closed``, ``full_width`` and ``curved`` number the rows whose rings were closed, those
    written with full-width characters, and those whose arcs were made straight; ``properties``
    those with properties in the cell. ``flattened`` counts heights left out already.
    """

    geometries: NDArray[np.object_]
    problems: list[Problem] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    full_width: list[int] = field(default_factory=list)
    curved: list[int] = field(default_factory=list)
    properties: list[int] = field(default_factory=list)
    flattened: int = 0

    def remarks(self) -> tuple[Problem, ...]:
        """Return what was read in another way than it is written."""
        found = []
        for code, rows in (
            ("rings-closed", self.closed),
            ("cells-full-width", self.full_width),
            ("cells-with-properties", self.properties),
        ):
            if rows:
                params: dict[str, JSON] = {"count": len(rows)}
                found.append(Problem(code, params, "warning", feature=rows[0]))
        if self.curved:
            found.append(Problem("curves-straightened", {}, "note", feature=self.curved[0]))
        return tuple(found)


class _UnreadableCell(Exception):  # noqa: N818 - told to the caller as a code, never raised on
    def __init__(self, code: str, **params: JSON) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def geometries_from_cells(texts: Sequence[str], numbers: Numbers) -> Geometries:
    """Return the geometries that cells hold, in the order of the rows.

    Parameters
    ----------
    numbers
        Of the rows, for the problems.
    """
    read = Geometries(np.full(len(texts), None, dtype=object))
    for at, (text, number) in enumerate(zip(texts, numbers.tolist(), strict=True)):
        cell = without_srid(text)
        if not cell:
            continue
        try:
            read.geometries[at] = _geometry(cell, number, read)
        except _UnreadableCell as fault:
            code = "cell-cut" if len(text) == _CELL_OF_A_SPREADSHEET else fault.code
            params = {"value": cell[:_SHOWN], **fault.params}
            read.problems.append(Problem(code, params, feature=number))
    return read


def _geometry(cell: str, number: int, read: Geometries) -> BaseGeometry:
    if (found := HEX.fullmatch(cell)) is not None:
        return _from_wkb(bytes.fromhex(found[1]), number, read)
    if cell.startswith("{"):
        return _from_geojson(cell, number, read)
    plain = cell.translate(FULL_WIDTH)
    if is_polyline(plain):
        return _from_polyline(plain, number, read)
    if plain != cell:
        read.full_width.append(number)
    return _from_wkt(plain, number, read)


def _from_polyline(text: str, number: int, read: Geometries) -> BaseGeometry:
    """Return the area of a text of places, as map services have outlines."""
    try:
        area = area_of(text)
    except UnreadablePolyline as fault:
        raise _UnreadableCell("amap-polyline", text=fault.text) from None
    if not is_closed(text):
        read.closed.append(number)
    return area


def _from_wkb(raw: bytes, number: int, read: Geometries) -> BaseGeometry:
    try:
        with np.errstate(invalid="ignore"):  # NaN is for the validation to tell of
            geometry = shapely.from_wkb(raw)
    except (NotImplementedError, shapely.errors.GEOSException):
        return _curved_wkb(raw, number, read)
    has_srid = shapely.get_srid(geometry) != 0 or raw[4 if raw[0] == 1 else 1] & 0x20 != 0
    whole = shapely.to_wkb(geometry, output_dimension=4, include_srid=has_srid)
    if len(whole) != len(raw):  # GEOS stops where the geometry ends
        raise _UnreadableCell("cell-wkb-broken", bytes=len(raw))
    return geometry


def _from_geojson(cell: str, number: int, read: Geometries) -> BaseGeometry | None:
    try:
        document = orjson.loads(cell)
    except orjson.JSONDecodeError:
        raise _UnreadableCell("cell-json-broken") from None
    if (member := repeated_member(cell.encode(), document)) is not None:
        raise _UnreadableCell("cell-member-twice", name=member)
    if isinstance(document, dict) and document.get("type") == "Feature":
        if document.get("properties"):
            read.properties.append(number)
        document = document.get("geometry")
    built = build_geometries([document])
    read.flattened += built.flattened
    if built.faults:
        fault = built.faults[0]
        raise _UnreadableCell(fault.code, **fault.params)
    if built.closed:
        read.closed.append(number)
    return built.geometries[0]


def _from_wkt(text: str, number: int, read: Geometries) -> BaseGeometry:
    if text.upper().count(_COLLECTION) > DEEPEST_NESTING:  # GEOS breaks down over very many
        raise _UnreadableCell("collection-too-deep", most=DEEPEST_NESTING)
    if _CURVES.search(text):
        return _curved_wkt(text, number, read)
    try:
        with np.errstate(invalid="ignore", over="ignore"):
            return shapely.from_wkt(text)
    except shapely.errors.GEOSException:
        return _closed_wkt(text, number, read)


def _curved_wkb(raw: bytes, number: int, read: Geometries) -> BaseGeometry:
    try:
        geometry = curves_of_wkb(raw)
    except UnreadableCurveError:
        geometry = None
    if geometry is None:
        raise _UnreadableCell("cell-wkb-broken", bytes=len(raw))
    read.curved.append(number)
    return geometry


def _curved_wkt(text: str, number: int, read: Geometries) -> BaseGeometry:
    try:
        geometry = curves_of_wkt(text)
    except UnreadableCurveError as fault:
        raise _UnreadableCell("cell-arcs") from fault
    if geometry is None:
        raise _UnreadableCell("cell-arcs")
    read.curved.append(number)
    return geometry


def _closed_wkt(text: str, number: int, read: Geometries) -> BaseGeometry:
    """Return what a text is with its open rings closed, if that is all that is wrong with it."""
    try:
        with np.errstate(invalid="ignore", over="ignore"):
            geometry = shapely.from_wkt(text, on_invalid="fix")
    except shapely.errors.GEOSException:
        geometry = None
    if geometry is None:
        known = re.match(r"[A-Za-z]+", text)
        raise _UnreadableCell("cell-wkt-broken" if known else "cell-no-geometry")
    read.closed.append(number)
    return without_slips(geometry)
