"""Cells that hold whole geometries, as databases and web programs export them."""

import json

import numpy as np
import pytest
import shapely

from zones.formats.csv.cell_geometry import geometries_from_cells
from zones.formats.csv.cell_texts import srids_of

SHAPES = (
    shapely.Point(123.405, 41.785),
    shapely.box(123.40, 41.78, 123.41, 41.79),
    shapely.box(123.40, 41.78, 123.41, 41.79).boundary,
    shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]),
    shapely.Point(533661.6, 4627400.0, 42.5),
)


def read(*cells: str) -> tuple[list[object], list[str]]:
    found = geometries_from_cells(cells, np.arange(1, len(cells) + 1))
    codes = [problem.code for problem in (*found.problems, *found.remarks())]
    return found.geometries.tolist(), codes


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("srid", [0, 4490])
def test_every_way_of_writing_a_geometry_is_read(shape: object, srid: int) -> None:
    with_srid = shapely.set_srid(shape, srid)
    mark = f"SRID={srid};" if srid else ""
    hexes = [
        shapely.to_wkb(with_srid, hex=True, include_srid=bool(srid), byte_order=order)
        for order in (0, 1)
    ]
    cells = [
        f"{mark}{shapely.to_wkt(shape, rounding_precision=-1)}",
        *hexes,
        f"\\x{hexes[1].lower()}",
        f"0x{hexes[0]}",
        shapely.to_geojson(shape),
        json.dumps({"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape))}),
    ]
    geometries, codes = read(*cells)
    assert codes == []
    for geometry in geometries:
        assert shapely.equals_exact(shapely.force_2d(geometry), shapely.force_2d(shape))
    assert [srids_of(cell) for cell in cells[:5]] == [(srid,)] * 5


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("南京北街", "cell-no-geometry"),
        ("GARBAGE(1 2)", "cell-wkt-broken"),
        ("POINT(1,5 2)", "cell-wkt-broken"),
        ("POINT(1 2", "cell-wkt-broken"),
        ("POINT(1 2) 3", "cell-wkt-broken"),
        ("LINESTRING(1 2)", "cell-wkt-broken"),
        ("TIN(((0 0,1 0,1 1,0 0)))", "cell-wkt-broken"),
        ("SRID=4490;COMPOUNDCURVE((0 0,1 0),CIRCULARSTRING(2 0,2 1,3 0))", "cell-arcs"),
        ("0101000020E6100000295C8FC2F5D85E40AE47E17A14E644", "cell-wkb-broken"),
        ("0101000020E6100000295C8FC2F5D85E40AE47E17A14E6444000", "cell-wkb-broken"),
        ('{"type":"Point","coordinates":[1,2', "cell-json-broken"),
        ('{"type":"Point","coordinates":["1","2"]}', "position-not-numbers"),
        ('{"type":"Topology"}', "geometry-unknown-type"),
        (("POLYGON((0 0,1 0," + "1 1," * 9000)[:32_767], "cell-cut"),
    ],
)
def test_what_is_no_geometry_is_told(cell: str, code: str) -> None:
    assert read(cell, "POINT(1 2)") == ([None, shapely.Point(1, 2)], [code])


def test_blank_cells_have_no_place() -> None:
    assert read("", "  ") == ([None, None], [])


def test_open_rings_are_closed_and_told() -> None:
    (area, slip), codes = read("POLYGON((0 0,1 0,1 1))", "POLYGON((0 0,1 0,1 1,0 1,1e-9 0))")
    assert codes == ["rings-closed"]
    assert shapely.equals_exact(area, shapely.Polygon([(0, 0), (1, 0), (1, 1)]))
    assert shapely.equals_exact(slip, shapely.Polygon([(0, 0), (1, 0), (1, 1), (0, 1)]))


def test_arcs_are_made_straight_and_told() -> None:
    text = "CIRCULARSTRING(0 0,1 1,2 0)"
    raw = "01080000000300000000000000000000000000000000000000000000000000F03F000000000000F03F"
    cells = (f"SRID=4490;{text}", f"{raw}00000000000000400000000000000000")
    (of_text, of_bytes), codes = read(*cells)
    assert codes == ["curves-straightened"]
    assert shapely.equals_exact(of_text, of_bytes)


def test_full_width_characters_are_read_and_told() -> None:
    assert read("POINT（123．405 41.785）") == (
        [shapely.Point(123.405, 41.785)],
        ["cells-full-width"],
    )


def test_srids_are_found_where_cells_name_them() -> None:
    cells = ["srid = 4550 ;POINT(1 2)", "SRID=0;POINT(1 2)", "POINT(1 2)", "", "x"]
    assert [srids_of(cell) for cell in cells] == [(4550,), (0,), (0,), (), (0,)]


def test_heights_and_properties_of_geojson_in_a_cell_are_told() -> None:
    point = {"type": "Point", "coordinates": [123.4, 41.78, 5]}
    feature = {"type": "Feature", "properties": {"a": 1}, "geometry": point}
    found = geometries_from_cells([json.dumps(point), json.dumps(feature)], np.array([1, 2]))
    (told,) = found.remarks()
    assert (told.code, told.feature, found.flattened) == ("cells-with-properties", 2, 2)
