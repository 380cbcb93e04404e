"""Small files to send: GeoJSON and zipped shapefiles, right and wrong ones."""

import io
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.testclient import TestClient

Place = tuple[float, float]

HEPING: Place = (123.40, 41.79)
SHENYANG_NORTH: Place = (123.41, 41.80)

PRJ_WGS84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)


def points_geojson(*places: Place, name: str = "点") -> bytes:
    """Return a FeatureCollection of points with the ids p0, p1, ..."""
    features = [
        {
            "type": "Feature",
            "id": f"p{number}",
            "geometry": {"type": "Point", "coordinates": list(place)},
            "properties": {"name": f"{name}{number}"},
        }
        for number, place in enumerate(places)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def points_shapefile(*places: Place, prj: str | None = PRJ_WGS84) -> bytes:
    """Return a zipped shapefile of points with one text field, written by hand from its format."""
    shp = b"".join(
        struct.pack(">2i", number, 10) + struct.pack("<i2d", 1, *place)
        for number, place in enumerate(places, start=1)
    )
    shx = b"".join(struct.pack(">2i", 50 + 14 * number, 10) for number in range(len(places)))
    x, y = [place[0] for place in places], [place[1] for place in places]
    bounds = (min(x), min(y), max(x), max(y), 0.0, 0.0, 0.0, 0.0)
    members = {
        "points.shp": _shape_header(shp, bounds) + shp,
        "points.shx": _shape_header(shx, bounds) + shx,
        "points.dbf": _dbf([f"甲{number}".encode() for number in range(len(places))]),
        "points.cpg": b"UTF-8",
    }
    if prj is not None:
        members["points.prj"] = prj.encode()
    return zipped(members)


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def send(
    client: TestClient,
    content: bytes,
    collection: str = "mine",
    *,
    name: str = "points.geojson",
    wait: int | None = 30,
    fields: Mapping[str, str] | None = None,
) -> Any:
    """Return the answer to an upload, by default once the import is over."""
    return client.post(
        f"/collections/{collection}/imports",
        files={"file": (name, content)},
        data=dict(fields or {}),
        headers={} if wait is None else {"Prefer": f"wait={wait}"},
    )


def make_collection(client: TestClient, id_: str = "mine", **members: object) -> None:
    """Make a collection of points."""
    answer = client.post("/collections", json={"id": id_, "kinds": ["point"], **members})
    assert answer.status_code == 201, answer.text


def _shape_header(records: bytes, bounds: Sequence[float]) -> bytes:
    words = 50 + len(records) // 2
    return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, words) + struct.pack("<2i8d", 1000, 1, *bounds)


def _dbf(values: Sequence[bytes]) -> bytes:
    width = 20
    field = struct.pack("<11sc4xBB14x", b"NAME", b"C", width, 0)
    header = struct.pack("<4BIHH20x", 3, 126, 1, 1, len(values), 32 + 32 + 1, width + 1)
    rows = b"".join(b" " + value.ljust(width) for value in values)
    return header + field + b"\r" + rows + b"\x1a"
