"""Whether attributes may be stored, and under which names.

Names keep their language and their case; only what no name can hold is taken out, and names that
differ by case alone are told apart by a number, since formats that we export to cannot.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from types import NoneType
from typing import Final
from unicodedata import category, normalize

import numpy as np
import orjson
from numpy.typing import NDArray

from zones.errors import SourceError
from zones.model import JSON, FieldInfo, Problem
from zones.source.file_findings import FieldFinding

LONGEST_TEXT_BYTES: Final = 64 * 1024
MOST_FIELDS: Final = 250
LONGEST_SAMPLE: Final = 80
_LONGEST_NAME = 64
_TEXT, _ENDLESS, _DOUBTFUL = "text-lost", "numbers-not-finite", "digits-doubtful"
_BEYOND = "numbers-as-text"
_LEAST, _MOST = -(2**63), 2**64 - 1  # whole numbers that JSON's parsers keep
_EXACT = 2.0**53  # from here on a double is next to whole numbers that it cannot hold
_LONGEST_CODE = 1e20  # beyond it only the first digits are shown: no code has as many
_SURELY_SHORT = LONGEST_TEXT_BYTES // 4  # characters; UTF-8 takes four bytes at most
_PLAIN: Final = frozenset({str, int, float, bool, NoneType})
_UNSEEN = frozenset({"Cc", "Cs", "Cf"})
_JOINERS = frozenset("\u200c\u200d")  # change how the letters beside them look
# What programs put for bytes that they cannot read, and its three bytes twice, read as GBK.
_LOST: Final = ("\ufffd", "锟斤拷")
_NUL_ESCAPED = re.compile(rb"\\u0000")
_TYPE_NAMES: Final = {
    str: "text",
    bool: "boolean",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
}


@dataclass(slots=True)
class _Lost:
    """A field's values of which something is lost: the first feature, its value, how many."""

    first: int
    sample: str
    count: int = 0


@dataclass(slots=True)
class AttributeCheck:
    """Checks a file's attributes batch by batch and remembers the names it has met.

    ``types`` are those that the format states; others are told from the values. ``known`` are
    titles and codes that the file gives.
    """

    types: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, FieldInfo] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    nul_removed: int = 0
    _lost: dict[tuple[str, str], "_Lost"] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _seen_types: dict[str, set[type]] = field(default_factory=dict)

    def check(
        self, rows: Sequence[dict[str, JSON]], numbers: NDArray[np.int64]
    ) -> list[dict[str, JSON]]:
        """Return the rows as they may be stored; what is wrong is added to ``problems``.

        Raises
        ------
        SourceError
            ``too-many-fields`` beyond 250 names in the file.
        """
        if self._are_plain(rows):
            return [*rows]
        return [
            {
                self._name(label): self._value(value, label, int(number))
                for label, value in row.items()
            }
            for row, number in zip(rows, numbers, strict=True)
        ]

    def _are_plain(self, rows: Sequence[Mapping[str, JSON]]) -> bool:
        """Return whether the rows may be stored as they are, looking at whole columns.

        A table's rows mostly may, and value by value it takes many times as long to find out.
        """
        labels = rows[0].keys() if rows else ()
        if any(row.keys() != labels for row in rows):
            return False
        columns = zip(*(map(row.__getitem__, labels) for row in rows), strict=True)
        return all(
            self._name(label) == label and self._is_plain(column, label)
            for label, column in zip(labels, columns, strict=True)
        )

    def _is_plain(self, column: Sequence[JSON], label: str) -> bool:
        kinds = set(map(type, column))
        if not kinds <= _PLAIN:
            return False
        self._seen_types.setdefault(label, set()).update(kinds - {NoneType})
        texts = [value for value in column if isinstance(value, str)] if str in kinds else []
        return (
            max(map(len, texts), default=0) <= _SURELY_SHORT
            and _is_sound("".join(texts))
            and (
                float not in kinds or all(-_EXACT < v < _EXACT for v in column if type(v) is float)
            )
            and (int not in kinds or all(_LEAST <= v <= _MOST for v in column if type(v) is int))
        )

    def fields(self) -> tuple[FieldFinding, ...]:
        """Return the fields met so far, in the order of the file."""
        for label in self.types:
            self._name(label)
        return tuple(self._field(label, name) for label, name in self._names.items())

    def _field(self, label: str, name: str) -> FieldFinding:
        known = self.known.get(label, FieldInfo(label))
        return FieldFinding(name, label, self._type(label), known.title, known.codes)

    def lost_values(self) -> tuple[Problem, ...]:
        """Return what is told of texts and digits lost before they arrived, and endless numbers."""
        return tuple(
            Problem(
                code,
                {"count": lost.count, "sample": lost.sample}
                if code != _BEYOND
                else {"count": lost.count, "first": lost.sample, "field": self._name(label)},
                "warning",
                feature=lost.first,
                field=self._name(label),
            )
            for (code, label), lost in self._lost.items()
        )

    def _name(self, label: str) -> str:
        return self._names.get(label) or self._new_name(label)

    def _new_name(self, label: str) -> str:
        if len(self._names) >= MOST_FIELDS:
            raise SourceError("too-many-fields", most=MOST_FIELDS)
        base = clean_name(label) or f"field_{len(self._names) + 1}"
        name, repeat = base, 2
        while name.casefold() in self._taken:
            name, repeat = f"{base}_{repeat}", repeat + 1
        self._names[label] = name
        self._taken.add(name.casefold())
        if _is_lost(label):
            lost: dict[str, JSON] = {"name": label[:_LONGEST_NAME]}
            self.problems.append(Problem("name-lost", lost, "warning", field=name))
        if name != label:
            params: dict[str, JSON] = {"label": label[:_LONGEST_NAME], "name": name}
            self.problems.append(Problem("field-renamed", params, "note", field=name))
        return name

    def _value(self, value: JSON, label: str, number: int) -> JSON:
        if value is None:
            return None
        self._seen_types.setdefault(label, set()).add(type(value))
        if isinstance(value, str):
            return self._text(value, label, number)
        if isinstance(value, int) and not _LEAST <= value <= _MOST:
            self._count_lost(_BEYOND, str(value), label, number)
            return str(value)
        if isinstance(value, float):
            if not isfinite(value):
                self._count_lost(_ENDLESS, value, label, number)
                return None
            if abs(value) >= _EXACT:
                self._count_lost(_DOUBTFUL, _digits_of(value), label, number)
            return value
        return self._nested(value, label, number) if isinstance(value, list | dict) else value

    def _text(self, value: str, label: str, number: int) -> str:
        if "\0" in value:
            self.nul_removed += 1
            value = value.replace("\0", "")
        if _is_lost(value):
            self._count_lost(_TEXT, value, label, number)
        if len(value) > _SURELY_SHORT and len(value.encode()) > LONGEST_TEXT_BYTES:
            self._too_long(label, number)
        return value

    def _nested(self, value: JSON, label: str, number: int) -> JSON:
        written = orjson.dumps(value)
        if _has_endless(value):
            self._count_lost(
                _ENDLESS, written[:LONGEST_SAMPLE].decode("utf-8", "replace"), label, number
            )
            value = orjson.loads(written)  # null stands for them
        if len(written) > LONGEST_TEXT_BYTES:
            self._too_long(label, number)
        if _is_lost(text := written.decode()):
            self._count_lost(_TEXT, text, label, number)
        if _NUL_ESCAPED.search(written):
            self.nul_removed += 1
            return _without_nul(value)
        return value

    def _count_lost(self, code: str, value: str | float, label: str, number: int) -> None:
        first = _Lost(number, str(value)[:LONGEST_SAMPLE])
        self._lost.setdefault((code, label), first).count += 1

    def _too_long(self, label: str, number: int) -> None:
        params: dict[str, JSON] = {"most_kb": LONGEST_TEXT_BYTES // 1024}
        self.problems.append(
            Problem("attribute-too-long", params, feature=number, field=self._name(label))
        )

    def _type(self, label: str) -> str:
        if label in self.types:
            return self.types[label]
        names = {_TYPE_NAMES[kind] for kind in self._seen_types.get(label, ())}
        return names.pop() if len(names) == 1 else "mixed" if names else "empty"


def clean_name(label: str) -> str:
    """Return a name without what cannot be seen and double spaces, 64 characters at most."""
    seen = (m for m in normalize("NFC", label) if m in _JOINERS or category(m) not in _UNSEEN)
    cleaned = "".join(seen)
    return " ".join(cleaned.split())[:_LONGEST_NAME]


def _digits_of(value: float) -> str:
    """Return a large double as it is shown: with all digits if it may be a code, else shortly.

    Examples
    --------
    >>> _digits_of(210102001001000001.0), _digits_of(1e300)
    ('210102001001000000', '1e300')
    """
    return str(int(value)) if abs(value) < _LONGEST_CODE else repr(value).replace("e+", "e")


def _has_endless(value: JSON) -> bool:
    """Return whether a list or an object holds a number that JSON lacks, at any depth."""
    if isinstance(value, dict | list):
        return any(map(_has_endless, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float) and not isfinite(value)


def _is_lost(text: str) -> bool:
    return any(mark in text for mark in _LOST)


def _is_sound(text: str) -> bool:
    return "\0" not in text and not _is_lost(text)


def _without_nul(value: JSON) -> JSON:
    """Return the value without NULs in any text; it is 32 levels deep at most."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_without_nul(part) for part in value]
    if isinstance(value, dict):
        return {key.replace("\0", ""): _without_nul(part) for key, part in value.items()}
    return value
