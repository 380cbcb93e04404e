"""Where the features of a GeoJSON text begin and end, found without parsing it.

Three forms are read: a ``FeatureCollection``, whose ``features`` may stand anywhere among its
members; one feature after the other (GeoJSON lines); and RFC 8142, where a record separator
stands before each. What is between features is passed on as it is.
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from zones.errors import BulkError

LONGEST: Final = 4 * 2**20
"""Bytes that a feature, or what stands before or after all of them, may have."""
_FEATURES: Final = re.compile(rb'"features"\s*:\s*\[')
_IN_ARRAY: Final = 2
_OPEN_BRACES, _CLOSED_BRACES = b"{[", b"}]"
_BLANK: Final = b"\x1e \t\r\n"
_QUOTE: Final = ord('"')

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GeoJSONChunk:
    """Some text, and where in it features begin and end."""

    text: bytes
    begins: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Depths:
    """Brackets outside of strings: where, which, and how many are open after each."""

    at: Ints
    opens: NDArray[np.bool_]
    depth: Ints

    def before(self, position: int) -> int:
        """Return how many brackets are open before a position."""
        index = int(np.searchsorted(self.at, position))
        return int(self.depth[index - 1]) if index else 0


class FeatureSplitter:
    """Cuts a text that comes in pieces of any size after whole features."""

    def __init__(self) -> None:
        self._waiting = b""
        self._around = -1  # brackets that are open around a feature; -1: not known yet
        self._begun = False
        self._done = False

    def add(self, piece: bytes) -> list[GeoJSONChunk]:
        """Take a piece; return text with the features that are whole by now."""
        self._waiting += piece
        begun = [] if self._begun else self._begin()
        return [*begun, *self._features()] if self._begun else begun

    def end(self) -> bytes:
        """Return what stands after the last feature.

        Raises
        ------
        BulkError
            If the text breaks off.
        """
        rest, self._waiting = self._waiting, b""
        whole = self._begun and (_ends_collection(rest) if self._around else not rest.strip(_BLANK))
        if not whole:
            raise _invalid("the text breaks off / 内容不完整")
        return rest

    def _begin(self) -> list[GeoJSONChunk]:
        """Read up to the first feature once it is known in which form they come."""
        text = self._waiting
        depths = _depths(text, 0)
        for match in _FEATURES.finditer(text):
            if depths.before(match.start()) == 1 and self._is_first(depths, match.start()):
                self._begun, self._around = True, _IN_ARRAY
                self._waiting = text[match.end() :]
                return [GeoJSONChunk(text[: match.end()])]
        if (depths.depth == 0).any():
            # A whole object without features: one feature after the other.
            self._begun, self._around = True, 0
        elif len(text) > LONGEST:
            raise _invalid("no features / 没有 features")
        return []

    def _is_first(self, depths: _Depths, position: int) -> bool:
        """Return whether no object was closed before: that one would be a feature of its own."""
        return not (depths.depth[depths.at < position] == 0).any()

    def _features(self) -> list[GeoJSONChunk]:
        if self._done:
            if len(self._waiting) > LONGEST:
                raise _invalid("too much after the features / features 之后内容过多")
            return []
        depths = _depths(self._waiting, self._around)
        over = np.flatnonzero(depths.depth < self._around)
        stop = int(over[0]) if len(over) else len(depths.at)
        at, opens, depth = depths.at[:stop], depths.opens[:stop], depths.depth[:stop]
        begins, ends = (
            at[opens & (depth == self._around + 1)],
            at[~opens & (depth == self._around)] + 1,
        )
        begins = begins[: len(ends)]
        cut = int(depths.at[stop]) if len(over) else int(ends[-1]) if len(ends) else 0
        self._done = bool(len(over))
        text, self._waiting = self._waiting[:cut], self._waiting[cut:]
        if len(self._waiting) > LONGEST and not self._done:
            raise _invalid("a feature is too long / 单个要素过大")
        return [GeoJSONChunk(text, tuple(begins.tolist()), tuple(ends.tolist()))] if text else []


def _depths(text: bytes, around: int) -> _Depths:
    if b"\\" in text:
        # A backslash hides itself first, then a quote; lengths stay as they are.
        text = text.replace(b"\\\\", b"__").replace(b'\\"', b"__")
    marks = np.frombuffer(text, np.uint8)
    inside = np.bitwise_xor.accumulate((marks == _QUOTE).view(np.uint8)).view(np.bool_)
    opens = np.isin(marks, np.frombuffer(_OPEN_BRACES, np.uint8)) & ~inside
    closes = np.isin(marks, np.frombuffer(_CLOSED_BRACES, np.uint8)) & ~inside
    at = np.flatnonzero(opens | closes)
    opening = opens[at]
    return _Depths(at, opening, around + np.cumsum(np.where(opening, 1, -1)))


def _ends_collection(rest: bytes) -> bool:
    """Return whether a text ends a collection whose features came before."""
    try:
        orjson.loads(b'{"features":[' + rest)
    except orjson.JSONDecodeError:
        return False
    return True


def _invalid(reason: str) -> BulkError:
    return BulkError("bulk-geojson-invalid", reason=reason)
