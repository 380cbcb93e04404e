"""What a shapefile in an archive is, by its first bytes: for people to know it among others."""

from collections.abc import Callable
from typing import Final

from zones.formats.shapefile.dbf import first_rows
from zones.formats.unpack_zip import Archive, ZipMember
from zones.questions_to_people import Reason
from zones.source.layer_choice import Description

_HEAD_BYTES: Final = 16_384
_INDEX_HEADER, _INDEX_ENTRY = 100, 8
_TYPE_AT: Final = 32
_KINDS: Final = {1: "Point", 3: "LineString", 5: "Polygon", 8: "MultiPoint"}  # + 10 has Z, + 20 M
_MOST_SAMPLES, _LONGEST_SAMPLE = 3, 80


def describe_by_first_bytes(
    archive: Archive, layers: dict[str, list[ZipMember]]
) -> Callable[[str], Description]:
    """Return what tells of a shapefile: how many shapes its index has, their kind, some texts."""

    def describe(name: str) -> Description:
        parts = {part.suffix: part for part in layers[name]}
        samples = _samples(archive.head(parts[".dbf"], _HEAD_BYTES)) if ".dbf" in parts else ()
        if (index := parts.get(".shx")) is None:
            return None, samples
        count = max(0, index.size - _INDEX_HEADER) // _INDEX_ENTRY
        kind = _kind(archive.head(parts[".shp"], _INDEX_HEADER))
        return Reason("reason-layer", {"features": count, "kind": kind}), samples

    return describe


def _kind(header: bytes) -> str:
    number = int.from_bytes(header[_TYPE_AT : _TYPE_AT + 4], "little")
    return _KINDS.get(number % 10, "—")


def _samples(table: bytes) -> tuple[str, ...]:
    """Return a text of each of the first rows of a .dbf."""
    texts = (next((text for raw in row if (text := _text(raw))), "") for row in first_rows(table))
    found = [text for text in texts if text]
    return tuple(found[:_MOST_SAMPLES])


def _text(raw: bytes) -> str:
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)[:_LONGEST_SAMPLE]
        except UnicodeDecodeError:
            continue
    return ""
