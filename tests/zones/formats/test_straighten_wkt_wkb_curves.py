"""Arcs in WKT and WKB, made straight."""

import math
import struct
from typing import Final

import numpy as np
import pytest
import shapely

from zones.formats.arc_to_points import UnreadableCurveError
from zones.formats.csv.cell_geometry import geometries_from_cells
from zones.formats.straighten_wkt_wkb_curves import curves_of_wkb, curves_of_wkt
from zones.formats.wkb import geometries_from_wkb

HALF: Final = "CIRCULARSTRING(0 0,1 1,2 0)"
DISC: Final = "CURVEPOLYGON(CIRCULARSTRING(533000 4626800,533100 4626800,533000 4626800))"


def line(kind: int, *places: tuple[float, ...], flags: int = 0) -> bytes:
    """Return WKB of a line or a chain of arcs."""
    numbers = struct.pack(f"<{sum(map(len, places))}d", *(n for place in places for n in place))
    return struct.pack("<BII", 1, kind | flags, len(places)) + numbers


@pytest.mark.parametrize(
    ("text", "kind", "area", "length"),
    [
        (HALF, "LineString", 0, math.pi),
        ("curvepolygon(circularstring(0 0,1 1,2 0,1 -1,0 0))", "Polygon", math.pi, 2 * math.pi),
        ("COMPOUNDCURVE((0 0,1 0),CIRCULARSTRING(1 0,2 1,3 0))", "LineString", 0, 1 + math.pi),
        (DISC, "Polygon", 2500 * math.pi, 100 * math.pi),
        (
            "CURVEPOLYGON(CIRCULARSTRING(0 0,4 0,0 0),(1 0,2 1,3 0,1 0))",
            "Polygon",
            4 * math.pi - 1,
            4 * math.pi + 2 + 2 * math.sqrt(2),
        ),
        (f"MULTICURVE((5 5,6 5),{HALF})", "MultiLineString", 0, 1 + math.pi),
        (
            "MULTISURFACE(((0 0,1 0,1 1,0 0)),CURVEPOLYGON(CIRCULARSTRING(5 5,7 5,5 5)))",
            "MultiPolygon",
            0.5 + math.pi,
            2 + math.sqrt(2) + 2 * math.pi,
        ),
        (f"GEOMETRYCOLLECTION(POINT(9 9),{HALF})", "GeometryCollection", 0, math.pi),
        ("CIRCULARSTRING(0 0,1 0,2 0)", "LineString", 0, 2),
    ],
)
def test_curves_become_straight_sides(text: str, kind: str, area: float, length: float) -> None:
    geometry = curves_of_wkt(text)
    assert geometry is not None
    assert geometry.geom_type == kind
    assert geometry.area == pytest.approx(area, rel=1e-4)
    assert geometry.length == pytest.approx(length, rel=1e-4)
    assert geometry.is_valid


def test_heights_go_evenly_from_end_to_end() -> None:
    geometry = curves_of_wkt("CIRCULARSTRING Z(0 0 10,1 1 11,2 0 12)")
    heights = shapely.get_coordinates(geometry, include_z=True)[:, 2]
    assert np.allclose(heights, np.linspace(10, 12, len(heights)))


def test_neighbours_keep_their_border() -> None:
    one, other = (
        shapely.get_coordinates(curves_of_wkt(f"CIRCULARSTRING({places})"))
        for places in ("1 2,4 7.5,9 3", "9 3,4 7.5,1 2")
    )
    assert (one == other[::-1]).all()


@pytest.mark.parametrize(
    "raw",
    [
        line(8, (0, 0), (1, 1), (2, 0)),
        line(1008, (0, 0, 5), (1, 1, 5), (2, 0, 5)),
        line(8, (0, 0, 5), (1, 1, 5), (2, 0, 5), flags=0x80000000),
    ],
)
def test_curves_of_wkb_are_those_of_wkt(raw: bytes) -> None:
    geometry = curves_of_wkb(raw)
    assert shapely.equals_exact(shapely.force_2d(geometry), curves_of_wkt(HALF))
    surface = struct.pack("<BII", 1, 10, 1) + line(8, (0, 0), (2, 0), (0, 0))
    built = geometries_from_wkb(np.array([raw, surface], object), np.array([4, 5]))
    assert [shape.geom_type for shape in built.geometries] == ["LineString", "Polygon"]
    assert [(told.code, told.feature) for told in built.problems] == [("curves-straightened", 4)]


def test_what_has_no_arcs_is_left_to_others() -> None:
    assert curves_of_wkt("POLYGON((0 0,1 0,1 1,0 0))") is None
    assert curves_of_wkb(shapely.to_wkb(shapely.box(0, 0, 1, 1))) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "CIRCULARSTRING(0 0,1 1)",
        "CIRCULARSTRING(0 0,1 1,2 0",
        "CIRCULARSTRING(0 0,1 1,2 0) 3",
        "CIRCULARSTRING(0 0,1 x,2 0)",
        "CIRCULARSTRING(0 0,1 1 1,2 0)",
        "CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0))",
        "COMPOUNDCURVE((0 0,1 0),CIRCULARSTRING(5 0,2 1,3 0))",
        "CIRCULARSTRING(" + ",".join(f"{x} {x % 2}" for x in range(60_001)) + ")",
        "GEOMETRYCOLLECTION(" * 500 + HALF + ")" * 500,
    ],
)
def test_broken_curves_are_told(text: str) -> None:
    with pytest.raises(UnreadableCurveError):
        curves_of_wkt(text)
    read = geometries_from_cells([text], np.array([7]))
    assert [told.feature for told in read.problems] == [7]


@pytest.mark.parametrize("cut", range(1, 58, 5))
def test_bytes_cut_off_are_told(cut: int) -> None:
    with pytest.raises(UnreadableCurveError):
        curves_of_wkb(line(8, (0, 0), (1, 1), (2, 0))[:-cut])
