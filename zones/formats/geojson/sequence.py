"""GeoJSON one feature to a line (RFC 8142, with or without its record separators)."""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import numpy as np
import orjson

from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError
from zones.formats.geojson.crs_member import SystemOfFile
from zones.formats.geojson.features import FeatureObjects
from zones.formats.geojson.json_scan import scan, text_near
from zones.geojson.duplicate_members import repeated_member
from zones.geojson.lossy_numbers import exact_members
from zones.sandbox.limits import MEBIBYTE, Limits
from zones.source.model import SourceBatch, SourceLayer, crs_finding, declared_crs

_BOM: Final = b"\xef\xbb\xbf"
_OTHER_UNICODE: Final = (b"\xff\xfe", b"\xfe\xff")
_BLANK: Final = b"\x1e \t\r\n"  # 0x1e begins a record by RFC 8142
_BATCH_FEATURES, _BATCH_BYTES = 2000, 4 * MEBIBYTE
_LONGEST_LINE = 64 * MEBIBYTE


class GeoJSONLinesSource:
    """An opened text of GeoJSON features, one to a line; blank lines do not count."""

    def __init__(self, file: BinaryIO, *, crs: str | None, limits: Limits) -> None:
        self._file = file
        self._size = _size_of(file)
        named = SystemOfFile(None, _first_of(file))
        self._features = FeatureObjects(named)
        # Brackets and commas of a batch near its root; a batch has at most so many bytes.
        self._most_marks = _LONGEST_LINE + _BATCH_BYTES
        system = declared_crs(crs or named.name or "CRS84")
        self.layer = SourceLayer(
            format="geojsonseq",
            layer=None,
            layers=(),
            encoding=EncodingFinding(UTF_8, "format"),
            crs=system,
            crs_finding=crs_finding(
                system,
                basis="option" if crs else "file" if named.name else "format",
                in_file=named.name if crs else None,
            ),
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        self._file.seek(0)
        done = 0
        for lines in self._line_groups():
            features = self._parsed(lines)
            text = b"[" + b",".join(each for _, each in lines) + b"]"
            bent = exact_members(text, features)
            numbers = np.arange(done + 1, done + len(features) + 1)
            done += len(features)
            yield self._file.tell() / self._size, self._features.batch(numbers, features, bent)

    def _line_groups(self) -> Iterator[list[tuple[int, bytes]]]:
        """Yield numbered lines, some thousand at a time."""
        group: list[tuple[int, bytes]] = []
        group_bytes = 0
        number = 0
        while line := self._file.readline(_LONGEST_LINE):
            number += 1
            text = (line.removeprefix(_BOM) if number == 1 else line).strip(_BLANK)
            if number == 1 and text.startswith(_OTHER_UNICODE):
                raise SourceError("json-not-utf8")
            if text:
                group.append((number, text))
                group_bytes += len(text)
            if len(group) == _BATCH_FEATURES or group_bytes >= _BATCH_BYTES:
                yield group
                group, group_bytes = [], 0
        if group:
            yield group

    def _parsed(self, lines: list[tuple[int, bytes]]) -> list[Any]:
        scan(b"\n".join(text for _, text in lines), most_marks=self._most_marks)
        return [_loads(text, number) for number, text in lines]


def is_one_to_a_line(file: BinaryIO) -> bool:
    """Return whether the first line is a whole feature and more follows; some name that .json."""
    first = _first_of(file)
    file.readline(_LONGEST_LINE)
    more = file.readline(_LONGEST_LINE).strip(_BLANK)
    file.seek(0)
    return isinstance(first, dict) and first.get("type") == "Feature" and more.startswith(b"{")


def _first_of(file: BinaryIO) -> Any:
    """Return what the first line holds, None if it is no whole JSON value; rewinds the file."""
    file.seek(0)
    first = file.readline(_LONGEST_LINE).removeprefix(_BOM).strip(_BLANK)
    file.seek(0)
    if not first.endswith(b"}"):
        return None
    try:
        scan(first, most_marks=_LONGEST_LINE)
        return orjson.loads(first)
    except (orjson.JSONDecodeError, SourceError):
        return None


def _size_of(file: BinaryIO) -> int:
    return max(1, file.seek(0, 2))


def _loads(text: bytes, line: int) -> Any:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "memory" in error.msg:
            raise MemoryError(error.msg) from error
        if "UTF-8" in error.msg:
            raise SourceError("json-not-utf8") from error
        near = text_near(text, error.pos)
        raise SourceError("json-invalid", line=line, near=near) from error
    if (name := repeated_member(text, value)) is not None:
        raise SourceError("json-member-repeated", name=name, line=line)
    return value
