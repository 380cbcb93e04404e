"""The skeleton of a large JSON text, found without parsing it.

A native parser is given pieces that are known to be shallow and small. The scan is linear,
vectorised, and keeps only positions near the root, so that its memory does not grow with the
text. It does not judge the text: each piece is parsed strictly by whoever asks for it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.errors import SourceError, SourceLimitError

_CHUNK_BYTES = 1024 * 1024
_DEEPEST = 32
_LONGEST_NUMBER = 30
_SHOWN = 40
_SHALLOW_DEPTH = 2
_TOO_LONG: Final = re.compile(rb"(?<![-+0-9.eE])[-+0-9.eE]{%d,}" % (_LONGEST_NUMBER + 1))
_NUMBER_BYTES: Final = b"-+0123456789.eE"
_AS_DIGITS: Final = bytes(ord("0") if byte in _NUMBER_BYTES else ord(" ") for byte in range(256))
_LONG_RUN: Final = b"0" * (_LONGEST_NUMBER + 1)
_OPENING, _CLOSING = ord("{"), ord("}")
_BRACKET_BIT: Final = 0x20
"""What sets braces apart from square brackets; set, both are braces."""
_QUOTE, _BACKSLASH, _COMMA = ord('"'), ord("\\"), ord(",")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Where brackets and commas stand outside of strings, at most two levels deep.

    ``marks`` are the bytes at ``positions``; ``depths`` counts the brackets open there, the
    mark itself included for opening and closing ones.
    """

    positions: NDArray[np.int64]
    marks: NDArray[np.uint8]
    depths: NDArray[np.int8]


@dataclass(slots=True)
class _State:
    """What carries over from one chunk to the next."""

    in_string: bool = False
    escaping: int = 0  # backslashes at the end of the chunk
    depth: int = 0


def scan(text: "bytes | memoryview", *, most_marks: int) -> Skeleton:
    """Return the skeleton of ``text``.

    Raises
    ------
    SourceError
        ``json-too-deep`` beyond 32 levels, ``json-long-number`` for numbers of more than 30
        characters, ``json-truncated`` if brackets or strings stay open, ``json-invalid`` if more
        are closed than opened.
    SourceLimitError
        ``too-many-features`` if there are more than ``most_marks`` commas and brackets near the
        root.
    """
    state, parts, count = _State(), [], 0
    long_numbers = _long_numbers(text)
    for start in range(0, len(text), _CHUNK_BYTES):
        chunk = np.frombuffer(text, np.uint8, min(_CHUNK_BYTES, len(text) - start), start)
        outside = _outside_strings(chunk, state)
        _refuse_long_numbers(text, long_numbers, start, outside)
        parts.append(_marks(chunk, outside, state, start))
        count += len(parts[-1][0])
        if count > most_marks:
            raise SourceLimitError("too-many-features", most=most_marks)
    if state.in_string or state.depth > 0:
        raise SourceError("json-truncated")
    positions, marks, depths = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Skeleton(positions, marks, depths)


def text_near(text: bytes, position: int) -> str:
    """Return what stands where a parser gave up, short enough to show."""
    begin = max(0, position - 1)
    return " ".join(text[begin : begin + _SHOWN].decode("utf-8", "ignore").split()) or "…"


def elements(skeleton: Skeleton, *, opening: int, closing: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each element of the array whose brackets stand at these positions.

    The array must not lie deeper than the second level. An empty array yields one blank element.
    """
    inside = (skeleton.positions > opening) & (skeleton.positions < closing)
    level = skeleton.depths[np.searchsorted(skeleton.positions, opening)]
    commas = skeleton.positions[inside & (skeleton.marks == _COMMA) & (skeleton.depths == level)]
    bounds = [opening, *commas.tolist(), closing]
    for before, after in pairwise(bounds):
        yield before + 1, after


def _outside_strings(chunk: NDArray[np.uint8], state: _State) -> NDArray[np.bool_]:
    """Return for each byte whether it stands outside of strings; quotes themselves do not."""
    quotes = np.flatnonzero(chunk == _QUOTE)
    backslashes = chunk == _BACKSLASH
    if state.escaping or backslashes.any():
        quotes = quotes[_backslashes_before(backslashes, quotes, state) % 2 == 0]
    toggles = np.zeros(len(chunk), np.int8)
    toggles[quotes] = 1
    inside = (np.cumsum(toggles, dtype=np.int32) + state.in_string) % 2 == 1
    state.in_string = bool(inside[-1])
    inside[quotes] = True
    return np.asarray(~inside)


def _backslashes_before(
    backslashes: NDArray[np.bool_], at: NDArray[np.int64], state: _State
) -> NDArray[np.int64]:
    """Return how many backslashes stand in a row before each position; renew the carry."""
    index = np.arange(len(backslashes), dtype=np.int64)
    last_other = np.maximum.accumulate(np.where(backslashes, -1 - state.escaping, index))
    before = np.concatenate([[-1 - state.escaping], last_other])
    trailing = len(backslashes) - 1 - int(last_other[-1])
    runs: NDArray[np.int64] = at - 1 - before[at]
    state.escaping = trailing
    return runs


def _marks(
    chunk: NDArray[np.uint8], outside: NDArray[np.bool_], state: _State, start: int
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int8]]:
    braced = chunk | _BRACKET_BIT
    opening, closing = (braced == _OPENING) & outside, (braced == _CLOSING) & outside
    steps = opening.view(np.int8) - closing.view(np.int8)
    depth = np.cumsum(steps, dtype=np.int32) + state.depth
    if depth.max(initial=0) > _DEEPEST:
        raise SourceError("json-too-deep", most=_DEEPEST)
    if depth.min(initial=0) < 0:
        raise SourceError("json-invalid", line="—", near="] }")
    state.depth = int(depth[-1])
    within = depth + closing  # a closing bracket belongs to what it closes
    shallow = (opening | closing | (outside & (chunk == _COMMA))) & (within <= _SHALLOW_DEPTH)
    found = np.flatnonzero(shallow)
    return found + start, chunk[found], within[found].astype(np.int8)


def _long_numbers(text: "bytes | memoryview") -> NDArray[np.int64]:
    """Return where runs of more bytes of numbers begin than a number may have, also in strings.

    Few texts have any, and a whole one is known to have none in a tenth of the time.
    """
    for start in range(0, len(text), _CHUNK_BYTES):
        piece = bytes(text[start : start + _CHUNK_BYTES + _LONGEST_NUMBER])
        if _LONG_RUN in piece.translate(_AS_DIGITS):
            return np.fromiter((found.start() for found in _TOO_LONG.finditer(text)), np.int64)
    return np.empty(0, np.int64)


def _refuse_long_numbers(
    text: "bytes | memoryview",
    long_numbers: NDArray[np.int64],
    start: int,
    outside: NDArray[np.bool_],
) -> None:
    here = long_numbers[(long_numbers >= start) & (long_numbers < start + len(outside))]
    numbers = here[outside[here - start]]
    if numbers.size:
        line = bytes(text[: int(numbers[0])]).count(b"\n") + 1
        raise SourceError("json-long-number", most=_LONGEST_NUMBER, line=line)
