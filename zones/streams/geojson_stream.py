"""GeoJSON points in pieces -> the same features with answers among their properties."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import orjson

from zones.errors import BulkError
from zones.geojson.duplicate_members import may_repeat_member, repeated_member
from zones.geojson.lossy_numbers import has_long_number, parsed_long
from zones.streams.coordinates_to_answers import (
    Coordinates,
    PointQuestion,
    Tally,
    fault_texts,
    number_of_fault,
    place,
    storage_lonlat,
)
from zones.streams.csv_scan import Ints
from zones.streams.geojson_split import FeatureSplitter, GeoJSONChunk

_AT_ONCE: Final = 4096
_SHOWN: Final = 40
_POINT: Final = "Point"
JSONObject = dict[str, Any]


class GeoJSONStream:
    """A whole text, piece by piece, to the same with answers; a collection gets a ``summary``."""

    media_type: str = "application/geo+json"

    def __init__(self, task: PointQuestion) -> None:
        self.tally = Tally()
        self._task = task
        self._splitter = FeatureSplitter()
        self._faults = [None, *fault_texts(task.lang)]

    def add(self, piece: bytes) -> Iterator[bytes]:
        """Take a piece and yield the answers to what is whole by now.

        Raises
        ------
        BulkError
            ``bulk-geojson-invalid``.
        """
        for found in self._splitter.add(piece):
            yield from self._answered(found)

    def end(self) -> Iterator[bytes]:
        """Yield what stands after the features, and how many lie where."""
        rest = self._splitter.end()
        if rest.rstrip().endswith(b"}"):
            summary = self.tally.summary(self._task.locator.answers).as_json()
            rest = rest.rstrip()[:-1] + b',"summary":' + orjson.dumps(summary) + b"}\n"
        if rest:
            yield rest

    def _answered(self, piece: GeoJSONChunk) -> Iterator[bytes]:
        end = 0
        for first in range(0, len(piece.begins), _AT_ONCE):
            begins, ends = (each[first : first + _AT_ONCE] for each in (piece.begins, piece.ends))
            features = [
                _parsed(piece.text[begin:end]) for begin, end in zip(begins, ends, strict=True)
            ]
            self._check_members(piece.text, begins, ends, features)
            if has_long_number(piece.text[begins[0] : ends[-1]]):
                texts = (piece.text[begin:end] for begin, end in zip(begins, ends, strict=True))
                features = list(map(_with_long_numbers, features, texts))
            answered = self._with_answers(features)
            parts = []
            for begin, after, feature in zip(begins, ends, answered, strict=True):
                parts += [piece.text[end:begin], orjson.dumps(feature)]
                end = after
            yield b"".join(parts)
        if end < len(piece.text):
            yield piece.text[end:]

    def _check_members(
        self,
        text: bytes,
        begins: Sequence[int],
        ends: Sequence[int],
        features: list[JSONObject],
    ) -> None:
        """Raise if an object names a member twice, of which parsers keep the last.

        Raises
        ------
        BulkError
            ``bulk-member-repeated``.
        """
        # Colons are counted for many features at once: to look at each would take as long again.
        together = text[begins[0] : ends[-1]]
        if not may_repeat_member(together, features):
            return
        rows = zip(begins, ends, features, strict=True)
        for row, (begin, end, feature) in enumerate(rows, start=self.tally.rows + 1):
            if (name := repeated_member(bytes(text[begin:end]), feature)) is not None:
                raise BulkError("bulk-member-repeated", name=name, row=row)

    def _with_answers(self, features: list[JSONObject]) -> list[JSONObject]:
        """Return the features with the answers."""
        coordinates = _coordinates(features)
        codes = place(self._task, coordinates)
        self.tally.add(codes)
        further = zip(
            self._distances(coordinates, codes), self._members(coordinates, codes), strict=True
        )
        return [
            {
                **each,
                "properties": _beside(
                    each.get("properties"), self._values(code) | away | memberships
                ),
            }
            for each, code, (away, memberships) in zip(
                features, codes.tolist(), further, strict=True
            )
        ]

    def _values(self, code: int) -> JSONObject:
        columns = self._task.columns
        answer = self._task.locator.answers[code] if code >= 0 else None
        values: JSONObject = {
            column.name: None if answer is None else column.value(answer)
            for column in columns.attributes
        }
        return values | {columns.names[-1]: self._faults[max(-code, 0)]}

    def _distances(self, coordinates: Coordinates, codes: Ints) -> list[JSONObject]:
        names = self._task.columns.distances
        if not names:
            return [{}] * len(codes)
        lon, lat = storage_lonlat(self._task, coordinates, codes)
        found = self._task.locator.border_distances(lon, lat, np.maximum(codes, -1))
        columns = [np.round(getattr(found, name.removeprefix("border_")), 1) for name in names]
        # NaN becomes null.
        return [dict(zip(names, row, strict=True)) for row in np.column_stack(columns).tolist()]

    def _members(self, coordinates: Coordinates, codes: Ints) -> list[JSONObject]:
        """Return for each feature the ids of what holds it in each further collection."""
        if not self._task.members:
            return [{}] * len(codes)
        lon, lat = storage_lonlat(self._task, coordinates, codes)
        columns = {
            f"{each.collection_id}_ids": each.lookup(lon, lat) for each in self._task.members
        }
        fids = {f"{each.collection_id}_ids": each.fids for each in self._task.members}
        return [
            {
                name: [fids[name][index] for index in found[row].tolist()]
                for name, found in columns.items()
            }
            for row in range(len(codes))
        ]


def _parsed(text: bytes) -> JSONObject:
    try:
        feature = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BulkError("bulk-geojson-invalid", reason=_unreadable(text, error.pos)) from error
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BulkError("bulk-geojson-invalid", reason="no Feature / 不是 Feature")
    return feature


def _unreadable(text: bytes, place: int) -> str:
    """Return what stands where a feature cannot be read on, and how the feature begins."""
    feature = bytes(text).decode("utf-8", "replace")
    near, start = feature[place : place + _SHOWN], feature.strip()[: 2 * _SHOWN]
    return f"“{near}” 读不懂 / cannot be read ({start}…)"


def _with_long_numbers(feature: JSONObject, text: bytes) -> JSONObject:
    """Return the feature with numbers, but for its geometry's, as they are written."""
    (exact,) = parsed_long(text, mark=orjson.Fragment)
    return {name: value if name == "geometry" else exact[name] for name, value in feature.items()}


def _coordinates(features: list[JSONObject]) -> Coordinates:
    """Return the points' coordinates; those that have none, or are no points, are faults."""
    pairs = [_pair(feature.get("geometry")) for feature in features]
    xy = np.array([_NO_PAIR if isinstance(pair, str) else pair for pair in pairs], np.float64)
    xy = xy.reshape(-1, 2)
    faults = [number_of_fault(pair) if isinstance(pair, str) else 0 for pair in pairs]
    wrong = np.array(faults, np.int64) != 0
    none = np.zeros(len(pairs), bool)
    return Coordinates(xy[:, 0].copy(), xy[:, 1].copy(), none, wrong, np.array(faults, np.int64))


_NO_PAIR: Final = (np.nan, np.nan)


def _pair(geometry: Any) -> tuple[float, float] | str:
    """Return x and y of a point, or the fault of what has none."""
    if geometry is None:
        return "coordinate-missing"
    if not isinstance(geometry, dict) or geometry.get("type") != _POINT:
        return "coordinate-not-of-point"
    position = geometry.get("coordinates")
    if not position:
        return "coordinate-missing"
    match position:
        case [x, y, *_] if _is_number(x) and _is_number(y):
            return float(x), float(y)
    return "coordinate-unreadable"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _beside(properties: Any, values: JSONObject) -> JSONObject:
    """Return properties with the answers, which do not take the place of any."""
    combined = dict(properties) if isinstance(properties, dict) else {}
    for name, value in values.items():
        free, number = name, 2
        while free in combined:
            free, number = f"{name}_{number}", number + 1
        combined[free] = value
    return combined
