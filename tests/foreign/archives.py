"""Shapefiles packed in every way that programs pack them."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from tests.foreign.case import ForeignFile
from tests.format_files import boxes, dxf, geopackage, kml, placemark
from tests.source_files import (
    bomb_zip,
    encrypted_zip,
    geojson,
    link_zip,
    polygon,
    raw_named_zip,
    shapefile,
    square,
    squares,
    zip_of,
    zipped,
)

_NAMES = [("和平区",), ("南市场",)]
_JUNK: Final = {
    ".sbn": b"\0",
    ".sbx": b"\0",
    ".shp.xml": b"<metadata/>",
    ".qpj": b"x",
    ".fbn": b"x",
}


def parts(count: int = 2, **options: Any) -> dict[str, bytes]:
    """Return the parts of a sound shapefile by suffix."""
    shapes = [polygon(square(index)) for index in range(count)]
    rows = _NAMES[:count] if count <= len(_NAMES) else ()
    return shapefile(shapes, rows, **options)


def under(stem: str, content: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return members of an archive."""
    return {stem + suffix: part for suffix, part in content.items()}


def without(*suffixes: str) -> bytes:
    """Return a zip that lacks parts."""
    return zipped({end: part for end, part in parts().items() if end not in suffixes})


def raw_named(stem: bytes, *, utf8: bool = False) -> bytes:
    """Return a zip whose names begin with these bytes."""
    members = [(stem + end.encode(), part) for end, part in parts().items()]
    return raw_named_zip(members, utf8=utf8)


def written(method: int, *, folders: Iterable[str] = (), zip64: bool = False) -> bytes:
    """Return a zip made with this method of compression, folders as entries of their own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for folder in folders:
            archive.writestr(folder, b"")
        for end, part in parts().items():
            with archive.open(f"layer{end}", "w", force_zip64=zip64) as member:
                member.write(part)
    return buffer.getvalue()


class _Pipe(io.RawIOBase):
    """Takes bytes and cannot go back, so that sizes follow the content (data descriptors)."""

    def __init__(self) -> None:
        self.taken = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.taken += bytes(content)
        return len(content)


def streamed() -> bytes:
    """Return a zip as programs write it into a pipe."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for end, part in parts().items():
            archive.writestr(f"layer{end}", part)
    return bytes(pipe.taken)


def stamped(year: int, comment: bytes) -> bytes:
    """Return a zip with a comment at its end, as some programs sign their archives."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for end, part in parts().items():
            archive.writestr(zipfile.ZipInfo(f"layer{end}", (year, 1, 1, 0, 0, 0)), part)
        archive.comment = comment
    return buffer.getvalue()


def _zip(told: str, make: Callable[[], bytes], **options: Any) -> ForeignFile:
    return ForeignFile(description=told, name="成果.zip", make=make, options=options)


ARCHIVES: Final = (
    _zip("flat", lambda: zipped(parts())),
    _zip("in a folder", lambda: zip_of(under("成果/用地", parts()))),
    _zip("in nested folders", lambda: zip_of(under("a/b/c d/成果/用地", parts()))),
    _zip("names in cp936", lambda: raw_named("和平区用地".encode("gbk"))),
    _zip("names in UTF-8 without the flag", lambda: raw_named("和平区用地".encode())),
    _zip("names in UTF-8 with the flag", lambda: raw_named("和平区用地".encode(), utf8=True)),
    _zip(
        "junk of a Macintosh",
        lambda: zip_of(
            {**under("a", parts()), **under("__MACOSX/._a", parts()), ".DS_Store": b"\0"}
        ),
    ),
    _zip(
        "suffixes in capitals",
        lambda: zip_of({f"LAYER{end.upper()}": part for end, part in parts().items()}),
    ),
    _zip(
        "stems and suffixes in mixed case",
        lambda: zip_of(
            {
                (f"Layer{end.title()}" if end == ".dbf" else f"layer{end}"): part
                for end, part in parts().items()
            }
        ),
    ),
    _zip(
        ".sbn, .sbx, .shp.xml, .qpj, .fbn, a PDF and a note beside it",
        lambda: zip_of(
            {**under("a", {**parts(), **_JUNK}), "说明.pdf": b"%PDF", "readme.txt": b"x"}
        ),
    ),
    _zip("two shapefiles", lambda: zip_of({**under("road", parts(1)), **under("用地", parts())})),
    _zip(
        "two shapefiles, one named",
        lambda: zip_of({**under("road", parts(1)), **under("用地", parts())}),
        layer="用地",
    ),
    _zip(
        "two shapefiles, a third named",
        lambda: zip_of({**under("road", parts(1)), **under("用地", parts())}),
        layer="绿地",
    ),
    _zip("no .shx", lambda: without(".shx")),
    _zip(".shx of another file", lambda: zipped({**parts(), ".shx": parts(1)[".shx"]})),
    _zip("no .dbf", lambda: without(".dbf")),
    _zip("no .shp", lambda: without(".shp")),
    _zip("no .prj", lambda: without(".prj")),
    _zip(".dbf of another file", lambda: zipped({**parts(), ".dbf": parts(1)[".dbf"]})),
    _zip("sizes behind the content (data descriptors)", streamed),
    _zip("zip64", lambda: written(zipfile.ZIP_DEFLATED, zip64=True)),
    _zip("stored, not deflated", lambda: written(zipfile.ZIP_STORED)),
    _zip(
        "empty folders as entries",
        lambda: written(zipfile.ZIP_DEFLATED, folders=("成果/", "空/", "空/更空/")),
    ),
    _zip("a comment at its end", lambda: stamped(1980, "沈阳市".encode("gbk"))),
    _zip("bytes after its end", lambda: zipped(parts()) + b"\0" * 20),
    _zip("compressed by LZMA", lambda: written(zipfile.ZIP_LZMA)),
    _zip("with a password", encrypted_zip),
    _zip("a link in it", link_zip),
    _zip("a bomb", bomb_zip),
    _zip("a zip in the zip", lambda: zip_of({"内.zip": zipped(parts())})),
    _zip("cut off in transfer", lambda: zipped(parts())[:-40]),
    _zip("a .rar renamed", lambda: b"Rar!\x1a\x07" + bytes(40)),
    _zip("empty", lambda: b""),
    _zip("an empty archive", lambda: zip_of({})),
    _zip("no features", lambda: zipped(shapefile([], []))),
    _zip(
        "a GeoJSON alone in it",
        lambda: zip_of({"用地.geojson": geojson(squares(2)), "说明.txt": b"x"}),
    ),
    _zip(
        "a GeoPackage alone in it",
        lambda: zip_of({"用地.gpkg": geopackage({"用地": (boxes(2), {"名称": ["和平区", "b"]})})}),
    ),
    _zip("a KML alone in it", lambda: zip_of({"a/点.kml": kml(placemark("和平区"))})),
    _zip(
        "a drawing alone in it",
        lambda: zip_of({"图.DXF": dxf([0, "POINT", 8, "0", 10, 123.4, 20, 41.78])}),
    ),
)
