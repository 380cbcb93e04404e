"""Attributes: the properties of features as a vector tile's dictionaries of keys and values."""

import json
import math
import struct
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from zones.model import JSON
from zones.properties.value_kinds import ValueKind
from zones.ragged_arrays import Integers, offsets_of, ranges, run_sums
from zones.tiles.varints import varint, zigzag_one

H = TypeVar("H", bound=Hashable)
Scalar = str | int | float | bool
Field = Literal["String", "Number", "Boolean"]
"""What TileJSON calls a field's type; ``String`` where the features differ."""

_KEYS: Final = b"\x1a"  # layer, field 3, bytes
_VALUES: Final = b"\x22"  # layer, field 4, bytes
_STRING: Final = b"\x0a"  # value, field 1, bytes
_DOUBLE: Final = b"\x19"  # value, field 3, 64 bits
_UINT: Final = b"\x28"  # value, field 5, varint
_SINT: Final = b"\x30"  # value, field 6, zigzag varint
_BOOL: Final = b"\x38"  # value, field 7, varint
_SORTED_PART: Final = 32
"""Of all keys or values: fewer are sorted, more are ticked off in a table of all."""
_EXACT: Final = 1 << 53
"""Decoders in browsers make doubles of whole numbers, which hold no more."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What a layer says of its features, besides their geometry.

    Attributes
    ----------
    tags
        Of all features: number of a key, number of a value, and so on.
    offsets
        Where the tags of each feature begin.
    dictionaries
        The layer's keys and values, as they stand in the layer's message.
    """

    tags: NDArray[np.uint32]
    offsets: Integers
    dictionaries: bytes


@dataclass(frozen=True, slots=True)
class AttributeTable:
    """Attributes of all features of a collection, each distinct value encoded once.

    Attributes
    ----------
    fields
        Type of each key, in the order in which the keys first occur.
    key, value
        Of all features one after the other: numbers of keys and values.
    offsets
        Where each feature's attributes begin.
    """

    fields: Mapping[str, Field]
    key: Integers
    value: Integers
    offsets: Integers
    _keys: NDArray[np.uint8]
    _key_offsets: Integers
    _values: NDArray[np.uint8]
    _value_offsets: Integers

    def tags(self, features: Integers) -> Tags:
        """Return the tags of the features at these positions, and the dictionaries they need."""
        counts = self.offsets[features + 1] - self.offsets[features]
        chosen = ranges(self.offsets[features], counts)
        key, keys = _renumbered(self.key[chosen], self._keys, self._key_offsets)
        value, values = _renumbered(self.value[chosen], self._values, self._value_offsets)
        tags = np.empty(2 * len(chosen), dtype=np.uint32)
        tags[0::2], tags[1::2] = key, value
        return Tags(tags, offsets_of(2 * counts), keys + values)

    def sizes(self, features: Integers) -> Integers:
        """Return how many bytes keys and values of each feature take if shared with none."""
        counts = self.offsets[features + 1] - self.offsets[features]
        chosen = ranges(self.offsets[features], counts)
        keys, values = self.key[chosen], self.value[chosen]
        sizes = self._key_offsets[keys + 1] - self._key_offsets[keys]
        sizes += self._value_offsets[values + 1] - self._value_offsets[values]
        summed: Integers = run_sums(sizes, offsets_of(counts))
        return summed


def attribute_table(properties: Sequence[Mapping[str, JSON]]) -> AttributeTable:
    """Return the attributes of features.

    Strings, booleans and numbers keep their type; a list or an object becomes its JSON text. The
    whole numbers of a property of which one has more than 53 bits become the texts of their digits.
    Null, and a number that is not finite, is left out: a vector tile knows no null.
    """
    pairs = _without_long_numbers(
        [
            [
                (name, scalar)
                for name, value in one.items()
                if (scalar := _scalar(value)) is not None
            ]
            for one in properties
        ]
    )
    names = [name for one in pairs for name, _ in one]
    # With the type, because 1, 1.0 and True are one key to a dictionary.
    scalars = [(type(scalar), scalar) for one in pairs for _, scalar in one]
    key, keys = _numbered(names)
    value, values = _numbered(scalars)
    value, order = _frequent_first(value, len(values))
    return AttributeTable(
        _fields(set(zip(names, (kind for kind, _ in scalars), strict=True)), keys),
        key,
        value,
        offsets_of(np.array([len(one) for one in pairs], dtype=np.int64)),
        *_packed(_message(_KEYS, name.encode(errors="replace")) for name in keys),
        *_packed(_message(_VALUES, _encoded(values[i][1])) for i in order),
    )


def _scalar(value: JSON) -> Scalar | None:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _without_long_numbers(pairs: list[list[tuple[str, Scalar]]]) -> list[list[tuple[str, Scalar]]]:
    """Return pairs of name and value, long whole numbers as texts, and all of the same name."""
    long = {
        name
        for one in pairs
        for name, value in one
        if type(value) is int and not -_EXACT <= value <= _EXACT
    }
    if not long:
        return pairs
    return [
        [(name, str(v) if name in long and type(v) is int else v) for name, v in one]
        for one in pairs
    ]


def _numbered(items: Iterable[H]) -> tuple[Integers, list[H]]:
    """Return the number of each item, and the distinct items in the order of their numbers."""
    known: dict[H, int] = {}
    numbers = [known.setdefault(item, len(known)) for item in items]
    return np.array(numbers, dtype=np.int64), list(known)


def _fields(found: set[tuple[str, type]], keys: Sequence[str]) -> dict[str, Field]:
    kinds: defaultdict[str, set[type]] = defaultdict(set)
    for name, kind in found:
        kinds[name].add(kind)
    return {name: _field(kinds[name]) for name in keys}


def field_of(kinds: AbstractSet[ValueKind]) -> Field:
    """Return the type of a field from the kinds of its values."""
    if kinds == {"boolean"}:
        return "Boolean"
    return "Number" if kinds <= {"integer", "number"} else "String"


def _field(kinds: set[type]) -> Field:
    if kinds == {bool}:
        return "Boolean"
    return "Number" if kinds <= {int, float} else "String"


def _encoded(scalar: Scalar) -> bytes:
    """Return a Value message (specification 2.1, clause 4.4)."""
    if isinstance(scalar, str):
        return _message(_STRING, scalar.encode(errors="replace"))
    if isinstance(scalar, bool):
        return _BOOL + varint(scalar)
    if isinstance(scalar, float):
        return _DOUBLE + struct.pack("<d", scalar)
    return _UINT + varint(scalar) if scalar >= 0 else _SINT + varint(zigzag_one(scalar))


def _message(tag: bytes, content: bytes) -> bytes:
    return tag + varint(len(content)) + content


def _frequent_first(value: Integers, count: int) -> tuple[Integers, Integers]:
    """Return the values numbered anew, the most frequent first, and the old number of each.

    Values that many features share then have small numbers, which take fewer bytes.
    """
    order = np.argsort(-np.bincount(value, minlength=count), kind="stable")
    number = np.empty(count, dtype=np.int64)
    number[order] = np.arange(count)
    return number[value], order


def _packed(messages: Iterable[bytes]) -> tuple[NDArray[np.uint8], Integers]:
    listed = list(messages)
    lengths = np.array([len(message) for message in listed], dtype=np.int64)
    return np.frombuffer(b"".join(listed), dtype=np.uint8), offsets_of(lengths)


def _renumbered(
    numbers: Integers, packed: NDArray[np.uint8], offsets: Integers
) -> tuple[Integers, bytes]:
    """Return the numbers counted anew without gaps, and the messages that remain."""
    if len(numbers) * _SORTED_PART < len(offsets):
        remaining, anew = np.unique(numbers, return_inverse=True)
    else:
        used = np.zeros(len(offsets) - 1, dtype=bool)
        used[numbers] = True
        remaining = np.flatnonzero(used)
        places = np.empty(len(used), dtype=np.int64)
        places[remaining] = np.arange(len(remaining))
        anew = places[numbers]
    starts = offsets[remaining]
    messages = packed[ranges(starts, offsets[remaining + 1] - starts)]
    return anew, messages.tobytes()
