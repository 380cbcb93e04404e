"""A JSON object with a long list of features: found in pieces, so that no piece is large."""

import mmap
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import orjson

from zones.errors import SourceError
from zones.formats.geojson.json_scan import Skeleton, elements, scan, text_near
from zones.geojson.duplicate_members import repeated_member
from zones.model import JSON, Problem
from zones.sandbox.limits import Limits

_BOM = b"\xef\xbb\xbf"
_OTHER_UNICODE = (b"\xff\xfe", b"\xfe\xff")
_KEY_FEATURES = re.compile(rb'"features"\s*:\s*\Z')
_DEPTH_OF_FEATURES = 2  # the root is 1
_STAND_IN = "(features)"  # in the root, where they were cut out
_KEY_REACH = 64  # bytes before the bracket in which the key is looked for
_BATCH_FEATURES, _BATCH_BYTES = 2000, 4 * 1024 * 1024
_OF_A_COLLECTION = frozenset(
    {"type", "features", "bbox", "crs", "name", "title", "description", "id"}
    | {"links", "timeStamp", "numberMatched", "numberReturned", "exceededTransferLimit"}
    | {"xy_coordinate_resolution", "z_coordinate_resolution"}
)
_LONGEST_VALUE, _LONGEST_LIST = 40, 200
_SPARE_MARKS = 100_000  # brackets and commas near the root that separate no features


class JSONCollection:
    """An opened JSON object; ``root`` is the object, where its ``features`` are cut out if many."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        """Open the text.

        Raises
        ------
        SourceError
            If it is no JSON object, or too deep, or breaks off.
        """
        self._text = _text_of(file)
        most = max(limits.max_features, limits.max_vertices_per_feature) + _SPARE_MARKS
        skeleton = scan(self._text, most_marks=most)
        self.root, self._spans = _open_root(self._text, skeleton)

    def first(self) -> Any:
        """Return the first of ``features``, parsed; None where there is none."""
        if self._spans is None:
            return next(iter(self.root["features"]), None)
        return _parse(self._text, *self._spans[0]) if self._spans else None

    def all_text(self) -> bytes:
        """Return the whole text."""
        return bytes(self._text)

    def pieces(self) -> Iterator[tuple[float, list[Any], bytes]]:
        """Yield features with what they were parsed from, and the fraction that is done then."""
        if self._spans is None:
            yield 1.0, self.root["features"], self.all_text()
            return
        for first, last, count in _grouped(self._spans):
            features = _parse(self._text, first, last, wrapped=True)
            if len(features) != count:
                raise _invalid(self._text, first, b",,", 0)
            yield last / len(self._text), features, b"[" + bytes(self._text[first:last]) + b"]"


def about_completeness(root: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield that a service gave only part of a layer, as answers of ArcGIS and others say."""
    properties = root.get("properties")
    for members in (root, properties if isinstance(properties, Mapping) else {}):
        if members.get("exceededTransferLimit") is True:
            yield Problem("esrijson-exceeded", {}, "warning")
            return
    if _has_more(root):
        yield Problem("service-gave-part", {}, "warning")


def _has_more(root: Mapping[str, Any]) -> bool:
    """Return whether there are more features, by OGC API Features or GeoServer's members."""
    returned = root.get("numberReturned")
    matched = [root.get(name) for name in ("numberMatched", "totalFeatures")]
    if isinstance(returned, int) and any(isinstance(n, int) and n > returned for n in matched):
        return True
    links = root.get("links")
    every = links if isinstance(links, list) else []
    return any(isinstance(link, Mapping) and link.get("rel") == "next" for link in every)


def about_foreign_members(root: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield which members of a feature collection are not read, with what they say.

    What services and GDAL write about a collection itself is passed over. A datum that a program
    of its own names there counts for nothing, so that its words have to be seen.
    """
    if root.get("type") != "FeatureCollection":
        return
    members = [f"{name}={_short(root[name])}" for name in root if name not in _OF_A_COLLECTION]
    if members:
        params: dict[str, JSON] = {"members": ", ".join(members)[:_LONGEST_LIST]}
        yield Problem("root-members-ignored", params, "note")


def _short(value: Any) -> str:
    return str(value)[:_LONGEST_VALUE] if isinstance(value, str | int | float) else "…"


def _text_of(file: BinaryIO) -> memoryview:
    """Return the text without its byte order mark; it is not read into memory as a whole."""
    try:
        text = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except ValueError as error:  # an empty file cannot be mapped
        raise SourceError("source-empty") from error
    start = bytes(text[:3])
    if start[:2] in _OTHER_UNICODE:
        raise SourceError("json-not-utf8")
    return text[len(_BOM) :] if start == _BOM else text


def _open_root(
    text: memoryview, skeleton: Skeleton
) -> tuple[dict[str, Any], list[tuple[int, int]] | None]:
    """Return the root object and where its features stand, or None if they are in the root."""
    found = _features_array(text, skeleton)
    if found is None:
        root = _parse(text, 0, len(text))
        spans = None
    else:
        opening, closing = found
        cut = bytes(text[: opening + 1]) + b'"%b"' % _STAND_IN.encode() + bytes(text[closing:])
        root = _loads(cut, text, 0)
        spans = list(elements(skeleton, opening=opening, closing=closing))
        if len(spans) == 1 and not bytes(text[slice(*spans[0])]).strip():
            spans = []
    if not isinstance(root, dict):
        raise SourceError("not-geojson", found=seen(root))
    if spans is not None and root.get("features") != [_STAND_IN]:  # the key occurs twice
        raise SourceError("not-geojson", found="features")
    return root, spans


def _features_array(text: memoryview, skeleton: Skeleton) -> tuple[int, int] | None:
    """Return the positions of the brackets of the root's member ``features``."""
    brackets = (skeleton.depths == _DEPTH_OF_FEATURES) & (skeleton.marks != ord(","))
    positions = skeleton.positions[brackets].tolist()
    for opening, closing in zip(positions[::2], positions[1::2], strict=False):
        before = bytes(text[max(0, opening - _KEY_REACH) : opening])
        if text[opening] == ord("[") and _KEY_FEATURES.search(before):
            return opening, closing
    return None


def seen(root: Any) -> str:
    """Return what there is instead of GeoJSON: the members or brackets that a person looks for."""
    if isinstance(root, list):
        return "[…]"
    if not isinstance(root, dict):
        return "“…”" if isinstance(root, str) else str(root)
    if root.get("type") != "FeatureCollection":
        return str(root["type"]) if "type" in root else ", ".join(root) or "{}"
    features = root.get("features", "—")
    return f"FeatureCollection, features: {'{…}' if isinstance(features, dict) else features}"


def _grouped(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and number of elements of pieces small enough to parse at once."""
    first = 0
    for index, (_, end) in enumerate(spans):
        full = index + 1 - first >= _BATCH_FEATURES or end - spans[first][0] >= _BATCH_BYTES
        if full or index + 1 == len(spans):
            yield spans[first][0], end, index + 1 - first
            first = index + 1


def _parse(text: memoryview, start: int, end: int, *, wrapped: bool = False) -> Any:
    piece = bytes(text[start:end])
    return _loads(b"[" + piece + b"]" if wrapped else piece, text, start)


def _loads(piece: bytes, text: memoryview, start: int) -> Any:
    try:
        value = orjson.loads(piece)
    except orjson.JSONDecodeError as error:
        if "memory" in error.msg:
            raise MemoryError(error.msg) from error
        if "UTF-8" in error.msg:
            raise SourceError("json-not-utf8") from error
        raise _invalid(text, start, piece, error.pos) from error
    if (name := repeated_member(piece, value)) is not None:
        raise SourceError("json-member-repeated", name=name, line=_line_at(text, start))
    return value


def _invalid(text: memoryview, start: int, piece: bytes, position: int) -> SourceError:
    line = _line_at(text, start + position)
    return SourceError("json-invalid", line=line, near=text_near(piece, position))


def _line_at(text: memoryview, position: int) -> int:
    return bytes(text[:position]).count(b"\n") + 1
