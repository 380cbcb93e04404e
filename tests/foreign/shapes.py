"""Geometries that are odd or wrong, in the format in which they come along."""

import struct
from collections.abc import Sequence
from typing import Any, Final

from tests.foreign.case import ForeignFile
from tests.format_files import boxes, geopackage, with_sql
from tests.source_files import (
    SIZE,
    SOUTH,
    WEST,
    feature,
    geojson,
    point,
    polygon,
    shapefile,
    shp_and_shx,
    square,
    squares,
    zipped,
)

Vertex = tuple[float, ...]

_E, _N = WEST + SIZE, SOUTH + SIZE
_BOW_TIE: Final = [(WEST, SOUTH), (_E, _N), (_E, SOUTH), (WEST, _N), (WEST, SOUTH)]
_LOOP: Final = [
    (WEST, SOUTH),
    (_E, SOUTH),
    (_E, _N),
    (WEST + SIZE / 2, SOUTH),
    (WEST, _N),
    (WEST, SOUTH),
]
_ARC: Final = struct.pack("<BII6d", 1, 8, 3, WEST, SOUTH, _E, _N, _E + SIZE, SOUTH)


def inner(dx: float = 0.0, *, dy: float = 0.0, size: float = 0.004) -> list[tuple[float, float]]:
    """Return a ring in, across or beside the sample square."""
    return [(x + 0.003 + dx, y + 0.003 + dy) for x, y in reversed(square(size=size))]


def beside(gap_m: float) -> list[tuple[float, float]]:
    """Return a square east of the sample square, so many metres from it."""
    return [(x + SIZE + gap_m / 83_100, y) for x, y in square()]


def _several(*rings: Sequence[Vertex]) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": [[list(map(list, ring))] for ring in rings]}


def _json(
    told: str, *shapes: Any, kinds: Sequence[str] = ("polygon",), **options: Any
) -> ForeignFile:
    made = [feature(shape, fid=f"a{n}", name="和平区") for n, shape in enumerate(shapes)]
    return ForeignFile(
        description=told,
        name="用地.geojson",
        make=lambda: geojson(made),
        options={"kinds": frozenset(kinds), **options},
    )


def _shp(told: str, *shapes: Any, **options: Any) -> ForeignFile:
    return ForeignFile(
        description=told,
        name="用地.zip",
        make=lambda: zipped(shapefile(shapes)),
        options={"kinds": frozenset({"polygon"}), **options},
    )


def _multipatch() -> bytes:
    shp, shx = shp_and_shx([None], shape_type=31)
    return zipped({**shapefile([None]), ".shp": shp, ".shx": shx})


def _multipoints() -> bytes:
    box = (WEST, SOUTH, _E, _N)
    content = struct.pack("<i4di4d", 8, *box, 2, *box)
    record = struct.pack(">ii", 1, len(content) // 2) + content
    shp, _ = shp_and_shx([None], shape_type=8)
    head = shp[:24] + struct.pack(">i", (100 + len(record)) // 2) + shp[28:100]
    return zipped({**shapefile([None]), ".shp": head + record, ".shx": b""})


def _with_an_arc() -> bytes:
    told = b"GP\x00\x01" + struct.pack("<i", 4490) + _ARC
    package = geopackage({"弧": (boxes(1), {"名称": ["和平区"]})})
    return with_sql(package, rows=[('INSERT INTO "弧" (geom) VALUES (?)', (told,))])


def _text(told: str, content: str, **options: Any) -> ForeignFile:
    return ForeignFile(
        description=told, name="a.csv", make=content.encode, options={"crs": "CRS84", **options}
    )


SHAPES: Final = (
    _json("a bow-tie", polygon(_BOW_TIE)),
    _json("a bow-tie, repair asked for", polygon(_BOW_TIE), repair=True),
    _shp("a bow-tie in a shapefile", polygon(_BOW_TIE)),
    _json("an outline that touches itself in a point", polygon(_LOOP)),
    _json("each vertex twice", polygon([vertex for vertex in square() for _ in "ab"])),
    _json("an open ring", polygon(square()[:-1])),
    _shp("an open ring in a shapefile", polygon(square()[:-1])),
    _json("a ring of two points", polygon([(WEST, SOUTH), (_E, _N), (WEST, SOUTH)])),
    _shp("a ring of two points in a shapefile", polygon([(WEST, SOUTH), (_E, _N), (WEST, SOUTH)])),
    _json("a ring without area", polygon([(WEST, SOUTH), (_E, _N), (_E, _N), (WEST, SOUTH)])),
    _json("a hole", polygon(square(), inner())),
    _json("a hole outside its shell", polygon(square(), inner(0.05))),
    _json("a hole across its shell", polygon(square(), inner(0.005))),
    _json("a hole in a hole", polygon(square(), inner(), inner(0.001, dy=0.001, size=0.001))),
    _json("parts that overlap", _several(square(), [(x + 0.005, y) for x, y in square()])),
    _json("the same part twice", _several(square(), square())),
    _json("rings the other way round", polygon(square()[::-1], inner()[::-1])),
    _shp("a shell that runs counter-clockwise in a shapefile", polygon(square()[::-1])),
    _shp("two shells in one record of a shapefile", polygon(square(), square(1))),
    _shp("a vertex that is not a number", polygon([(float("nan"), SOUTH), *square()[1:]])),
    _shp("a vertex that is infinite", polygon([(float("inf"), SOUTH), *square()[1:]])),
    _shp("a vertex at ESRI's no data (-1.8e308)", polygon([(-1.7e308, SOUTH), *square()[1:]])),
    _shp("heights", polygon([(x, y, 45.0) for x, y in square()])),
    _text("heights and measures", f"wkt\nPOINT ZM ({WEST} {SOUTH} 1 2)\n"),
    _shp("shapes that are null", polygon(square()), None),
    _shp("a shape without points", polygon(square()), polygon()),
    _json("an empty polygon", {"type": "Polygon", "coordinates": []}),
    _json("no geometry", None),
    ForeignFile(description="a multipatch", name="体.zip", make=_multipatch),
    ForeignFile(description="a multipoint in a shapefile", name="点.zip", make=_multipoints),
    ForeignFile(description="an arc in a GeoPackage", name="弧.gpkg", make=_with_an_arc),
    _json(
        "a collection of geometries where only polygons may be",
        {"type": "GeometryCollection", "geometries": [polygon(square()), point(WEST, SOUTH)]},
    ),
    _json(
        "a collection of geometries where anything may be",
        {"type": "GeometryCollection", "geometries": [polygon(square()), point(WEST, SOUTH)]},
        kinds=(),
    ),
    _json("a line where only polygons may be", {"type": "LineString", "coordinates": square()}),
    _json(
        "many points for a collection of points",
        {"type": "MultiPoint", "coordinates": square()},
        kinds=("point",),
    ),
    _json("a position of one number", {"type": "Point", "coordinates": [WEST]}, kinds=()),
    _json("a position with text", {"type": "Point", "coordinates": ["123", "41"]}, kinds=()),
    _json(
        "one feature of a thousand kilometres off",
        polygon(square()),
        polygon([(x - 10, y) for x, y in square()]),
    ),
    _json("neighbours with a common border", polygon(square()), polygon(beside(0))),
    _json("neighbours that overlap by 5 m", polygon(square()), polygon(beside(-5))),
    _json("neighbours with a gap of half a metre", polygon(square()), polygon(beside(0.5))),
    _json("neighbours with a street between them", polygon(square()), polygon(beside(8))),
    _json("the same polygon twice", polygon(square()), polygon(square()[::-1])),
    _json("a polygon within another", polygon(square()), polygon(inner())),
    _json("a sliver of 30 cm", polygon([(WEST + (x - WEST) * 3.6e-4, y) for x, y in square()])),
    ForeignFile(
        description="ids given twice",
        name="a.geojson",
        make=lambda: geojson([squares(1)[0], squares(1)[0]]),
    ),
    ForeignFile(
        description="no ids where ids are needed",
        name="a.geojson",
        make=lambda: geojson(squares(2, ids=False)),
        options={"ids_needed": True},
    ),
    ForeignFile(
        description="a key field that is not there",
        name="a.geojson",
        make=lambda: geojson(squares(2)),
        options={"key": "编号"},
    ),
)
