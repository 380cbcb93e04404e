"""Files that would keep a reader busy for ever, or for very long."""

import struct
from collections.abc import Callable
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from tests.foreign.case import ForeignFile
from tests.format_files import boxes, dxf, geopackage, kml, with_sql
from tests.source_files import feature, geojson, shapefile, zipped
from zones.sandbox.limits import Limits

Ring = NDArray[np.float64]

MIDDLE: Final = (123.41, 41.79)
_RADIUS = 0.005


def spiked(vertices: int) -> Ring:
    """Return a sound ring of so many vertices, in and out like a star."""
    turn = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    far = np.where(np.arange(vertices) % 2, 1.0, 0.5) * _RADIUS
    ring = np.column_stack([far * np.cos(turn), far * np.sin(turn)]) + MIDDLE
    return np.vstack([ring, ring[:1]])


def crossing(points: int, step: int) -> Ring:
    """Return a star drawn in one stroke: each side crosses 2 (step - 1) others."""
    turn = 2 * np.pi * (np.arange(points + 1) * step % points) / points
    return np.column_stack([np.cos(turn), np.sin(turn)]) * _RADIUS + MIDDLE


def zigzag(crossings: int) -> Ring:
    """Return a ring whose way back is crossed by its way there, so many times."""
    along = np.linspace(-_RADIUS, _RADIUS, crossings + 1)
    across = np.where(np.arange(crossings + 1) % 2, 1.0, -1.0) * _RADIUS / 10
    there = np.column_stack([along, across]) + MIDDLE
    aside = np.array([[0.001, 0.0]])
    return np.vstack([there, there[-1:] + aside, there[:1] - aside, there[:1]])


def in_json(ring: Ring) -> bytes:
    """Return a GeoJSON file of one polygon."""
    return geojson([feature({"type": "Polygon", "coordinates": [ring.tolist()]}, name="和平区")])


def in_shapefile(ring: Ring) -> bytes:
    """Return a zipped shapefile of one polygon."""
    return zipped(shapefile([{"type": "Polygon", "coordinates": [ring.tolist()]}]))


def blocks_in_blocks(levels: int, inserts: int) -> bytes:
    """Return a drawing of one entity, which is ``inserts ** levels`` lines when unfolded."""
    line = [0, "LINE", 8, "0", 10, 0.0, 20, 0.0, 11, 9.0, 21, 9.0]
    flat: list[object] = [0, "SECTION", 2, "BLOCKS"]
    for level in range(levels):
        flat += [0, "BLOCK", 8, "0", 2, f"B{level}", 70, 0, 10, 0.0, 20, 0.0]
        inner = [0, "INSERT", 8, "0", 2, f"B{level - 1}", 10, 1.0, 20, 1.0]
        flat += (inner if level else line) * inserts
        flat += [0, "ENDBLK"]
    flat += [0, "ENDSEC"]
    told = "".join(f"{part}\r\n" for part in flat)
    mark = "0\r\nSECTION\r\n2\r\nENTITIES"
    drawn = dxf([0, "INSERT", 8, "0", 2, f"B{levels - 1}", 10, 41533000.0, 20, 4626000.0])
    return drawn.decode().replace(mark, told + mark).encode()


def nested_collections(levels: int) -> bytes:
    """Return GeoJSON with one geometry in so many collections."""
    head = '{"type":"Feature","properties":{},"geometry":'
    opened = '{"type":"GeometryCollection","geometries":[' * levels
    point = '{"type":"Point","coordinates":[123.41,41.79]}'
    return f"{head}{opened}{point}{']}' * levels}}}".encode()


def nested_brackets(levels: int) -> bytes:
    """Return what begins as GeoJSON and goes on as brackets."""
    head = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":'
    return head + b"[" * levels + b"]" * levels + b'},"geometry":null}]}'


def nested_folders(levels: int) -> bytes:
    """Return KML with so many folders in each other."""
    return kml("<Folder>" * levels + "</Folder>" * levels)


def nested_wkb(levels: int) -> bytes:
    """Return a GeoPackage with one point in so many collections."""
    head = b"GP\x00\x01" + struct.pack("<i", 4490)
    deep = struct.pack("<BII", 1, 7, 1) * levels + shapely.to_wkb(shapely.Point(MIDDLE))
    package = geopackage({"a": (boxes(1), {"n": ["和平区"]})})
    return with_sql(package, rows=[('INSERT INTO "a" (geom) VALUES (?)', (head + deep,))])


def nested_wkt(levels: int) -> bytes:
    """Return a CSV with one point in so many collections."""
    wkt = "GEOMETRYCOLLECTION (" * levels + "POINT (123.41 41.79)" + ")" * levels
    return f"wkt\n{wkt}\n".encode()


def _file(told: str, name: str, make: Callable[[], bytes], **options: object) -> ForeignFile:
    return ForeignFile(description=told, name=name, make=make, options=options)


LIMITS: Final = Limits(cpu_s=12, wall_s=60)

ENDLESS: Final = (
    _file("a star of 250,000 vertices", "a.geojson", lambda: in_json(spiked(250_000))),
    _file("that star in a shapefile", "a.zip", lambda: in_shapefile(spiked(1_000_000))),
    _file("a star with 100,000 crossings", "a.geojson", lambda: in_json(crossing(451, 225))),
    _file(
        "the star with crossings, to be repaired",
        "a.geojson",
        lambda: in_json(crossing(451, 225)),
        repair=True,
    ),
    _file("a zigzag with 100,000 crossings", "a.zip", lambda: in_shapefile(zigzag(100_000))),
    _file(
        "the zigzag, to be repaired", "a.zip", lambda: in_shapefile(zigzag(100_000)), repair=True
    ),
    _file(
        "blocks in blocks of a drawing", "a.dxf", lambda: blocks_in_blocks(9, 10), crs="EPSG:4529"
    ),
    _file("collections in collections", "a.geojson", lambda: nested_collections(20)),
    _file("more collections in collections", "a.geojson", lambda: nested_collections(10_000)),
    _file("brackets in brackets", "a.geojson", lambda: nested_brackets(1_000_000)),
    _file("folders in folders", "a.kml", lambda: nested_folders(50_000)),
    _file("collections in a GeoPackage", "a.gpkg", lambda: nested_wkb(100_000)),
    _file("collections in WKT", "a.csv", lambda: nested_wkt(100_000), crs="CRS84"),
)
