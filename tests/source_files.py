"""Files to import, made by code: sound ones, odd ones, hostile ones.

Shapefiles are written here byte by byte from Esri's description and dBASE's, so that they can be
wrong in one place and right in all others, and so that our reader meets a second opinion.
"""

import io
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Ring = Sequence[tuple[float, float]]
Shape = Mapping[str, Any] | None

PRJ_4490 = (
    'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]]'
)
PRJ_4550 = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_123E",' + PRJ_4490 + ',PROJECTION["Gauss_Kruger"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",123.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)

WEST, SOUTH, SIZE = 123.40, 41.78, 0.01
"""South-west corner and side of the sample squares, in degrees; inside the district."""


def square(index: int = 0, *, size: float = SIZE) -> list[tuple[float, float]]:
    """Return the ring of a small square, each index one step farther east; clockwise."""
    west, south = WEST + index * 2 * SIZE, SOUTH
    east, north = west + size, south + size
    return [(west, south), (west, north), (east, north), (east, south), (west, south)]


def polygon(*rings: Ring) -> dict[str, Any]:
    """Return a GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring] for ring in rings]}


def point(x: float, y: float) -> dict[str, Any]:
    """Return a GeoJSON point."""
    return {"type": "Point", "coordinates": [x, y]}


def feature(geometry: Shape, *, fid: object = None, **properties: Any) -> dict[str, Any]:
    """Return a GeoJSON feature; no id if ``fid`` is None."""
    told = {"type": "Feature", "geometry": geometry, "properties": properties}
    return told if fid is None else {**told, "id": fid}


def squares(count: int, *, ids: bool = True) -> list[dict[str, Any]]:
    """Return features with square polygons, ids ``a0``, ``a1`` ... and Chinese names."""
    return [
        feature(polygon(square(index)), fid=f"a{index}" if ids else None, name=f"地块{index}")
        for index in range(count)
    ]


def geojson(features: Sequence[Any], **members: Any) -> bytes:
    """Return a feature collection as a GeoJSON text."""
    told = {"type": "FeatureCollection", **members, "features": list(features)}
    return json.dumps(told, ensure_ascii=False).encode()


def shapefile(
    shapes: Sequence[Shape],
    rows: Sequence[Sequence[object]] = (),
    *,
    fields: Sequence[tuple[str, str, int]] = (("name", "C", 40),),
    encoding: str = "utf-8",
    code_page: int = 0,
    prj: str | None = PRJ_4490,
    cpg: str | None = None,
) -> dict[str, bytes]:
    """Return the parts of a shapefile by suffix; rows default to names ``n0``, ``n1`` ..."""
    rows = rows or [(f"n{index}", *(0 for _ in fields[1:])) for index in range(len(shapes))]
    shp, shx = shp_and_shx(shapes)
    parts = {".shp": shp, ".shx": shx, ".dbf": dbf(fields, rows, encoding, code_page)}
    if prj is not None:
        parts[".prj"] = prj.encode()
    if cpg is not None:
        parts[".cpg"] = cpg.encode()
    return parts


def zipped(parts: Mapping[str, bytes], *, stem: str = "layer") -> bytes:
    """Return a zip of the parts under one stem."""
    return zip_of({stem + suffix: content for suffix, content in parts.items()})


def zip_of(members: Mapping[str, bytes]) -> bytes:
    """Return a zip of members by name, as any program writes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def raw_named_zip(members: Sequence[tuple[bytes, bytes]], *, utf8: bool = False) -> bytes:
    """Return a zip whose names are these bytes, with or without the mark for UTF-8."""
    names = [f"name{index:03d}".ljust(len(name), "x") for index, (name, _) in enumerate(members)]
    packed = zip_of({name: content for name, (_, content) in zip(names, members, strict=True)})
    for name, (wanted, _) in zip(names, members, strict=True):
        assert len(name) == len(wanted), "names here are at least seven bytes long"
        packed = packed.replace(name.encode(), wanted)
    return _with_flags(packed, 0x800) if utf8 else packed


def _with_flags(packed: bytes, flags: int) -> bytes:
    """Return the zip with these flags set in every header."""
    data = bytearray(packed)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            struct.pack_into("<H", data, start + at, flags)
            start = data.find(mark, start + 4)
    return bytes(data)


def encrypted_zip() -> bytes:
    """Return a zip whose member is marked as encrypted."""
    return _with_flags(zip_of({"layer.shp": b"secret"}), 0x1)


def link_zip(target: str = "/etc/passwd") -> bytes:
    """Return a zip whose member is a symbolic link."""
    info = zipfile.ZipInfo("layer.shp")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, target)
    return buffer.getvalue()


def bomb_zip(megabytes: int = 20) -> bytes:
    """Return a zip of zeros that unpacks to about a thousand times its size."""
    return zip_of({"layer.shp": bytes(megabytes * 1024 * 1024)})


def dbf(
    fields: Sequence[tuple[str, str, int]],
    rows: Sequence[Sequence[object]],
    encoding: str = "utf-8",
    code_page: int = 0,
) -> bytes:
    """Return a dBASE table; texts are cut to their field's bytes as programs do."""
    header_bytes = 33 + 32 * len(fields)
    row_bytes = 1 + sum(width for _, _, width in fields)
    head = struct.pack("<B3BIHH17xB2x", 3, 126, 1, 1, len(rows), header_bytes, row_bytes, code_page)
    told = b"".join(
        struct.pack("<11sc4xBB14x", name.encode(encoding)[:10], kind.encode(), width, 0)
        for name, kind, width in fields
    )
    body = b"".join(
        b" "
        + b"".join(_cell(value, field, encoding) for value, field in zip(row, fields, strict=True))
        for row in rows
    )
    return head + told + b"\r" + body + b"\x1a"


def _cell(value: object, field: tuple[str, str, int], encoding: str) -> bytes:
    _, kind, width = field
    if isinstance(value, bytes):
        return value[:width].ljust(width)
    text = "" if value is None else str(value)
    raw = text.encode(encoding)[:width]
    return raw.rjust(width) if kind in "NF" else raw.ljust(width)


def shp_and_shx(shapes: Sequence[Shape], *, shape_type: int | None = None) -> tuple[bytes, bytes]:
    """Return a .shp and its .shx of GeoJSON geometries, all of one type."""
    contents = [_record(shape) for shape in shapes]
    kinds = {struct.unpack_from("<i", content)[0] for content in contents} - {0}
    kind = shape_type if shape_type is not None else (kinds.pop() if kinds else 5)
    records, index, offset = b"", b"", 100
    for number, content in enumerate(contents, start=1):
        records += struct.pack(">ii", number, len(content) // 2) + content
        index += struct.pack(">ii", offset // 2, len(content) // 2)
        offset += 8 + len(content)
    return _file_head(100 + len(records), kind) + records, _file_head(
        100 + len(index), kind
    ) + index


def _file_head(size: int, kind: int) -> bytes:
    return struct.pack(">i20xi", 9994, size // 2) + struct.pack("<ii", 1000, kind) + bytes(64)


def _record(shape: Shape) -> bytes:
    if shape is None:
        return struct.pack("<i", 0)
    coordinates = shape["coordinates"]
    if shape["type"] == "Point":
        x, y, *z = coordinates
        return struct.pack("<i3dd", 11, x, y, z[0], 0.0) if z else struct.pack("<i2d", 1, x, y)
    paths = [coordinates] if shape["type"] == "LineString" else coordinates
    flat = [vertex for path in paths for vertex in path]
    has_z = bool(flat) and len(flat[0]) > 2
    kind = (3 if shape["type"] == "LineString" else 5) + (10 if has_z else 0)
    starts = [sum(len(path) for path in paths[:index]) for index in range(len(paths))]
    box = _box([(vertex[0], vertex[1]) for vertex in flat])
    head = struct.pack("<i4d2i", kind, *box, len(paths), len(flat))
    body = struct.pack(f"<{len(starts)}i", *starts)
    body += b"".join(struct.pack("<2d", vertex[0], vertex[1]) for vertex in flat)
    if has_z:
        heights = [vertex[2] for vertex in flat]
        body += struct.pack("<2d", min(heights), max(heights))
        body += struct.pack(f"<{len(heights)}d", *heights)
    return head + body


def _box(flat: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in flat] or [0.0], [y for _, y in flat] or [0.0]
    return min(xs), min(ys), max(xs), max(ys)


def write(folder: Path, content: bytes, name: str = "file") -> Path:
    """Return the path of a new file with this content."""
    path = folder / name
    path.write_bytes(content)
    return path
