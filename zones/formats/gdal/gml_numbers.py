"""Numbers of a GML as they stand there, where the doubles that GDAL makes of them are others."""

import mmap
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from zones.geojson.lossy_numbers import Bent, as_integer, is_kept
from zones.model import JSON

_LONG_OR_TINY: Final = re.compile(
    rb">\s*([-+]?(?:[0-9.]{16,}(?:[eE][-+]?[0-9]+)?|[0-9.]+[eE]-[0-9]{3,}))\s*"
    rb"</(?:[^<>:\s]*:)?([^<>:\s]+)\s*>"
)
_IS_NUMBER: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?").fullmatch
_LONGEST: Final = 1000
_EXACT: Final = 2.0**53

Written = dict[str, dict[float, list[str]]]
"""By field and double: the different texts that became it."""


def long_numbers(path: Path, fields: Collection[str]) -> Written:
    """Return the numbers of these fields that a double cannot hold; whole ones from 2^53 on."""
    found: Written = {name: {} for name in fields}
    if not found:
        return found
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for match in _LONG_OR_TINY.finditer(content):
            of_field = found.get(match[2].decode("utf-8", "replace"))
            if of_field is not None and len(match[1]) <= _LONGEST:
                _add(match[1].decode(), of_field)
    return {name: numbers for name, numbers in found.items() if numbers}


def _add(text: str, numbers: dict[float, list[str]]) -> None:
    if not _IS_NUMBER(text):
        return
    near = float(text)
    if abs(near) >= _EXACT or not is_kept(text):
        texts = numbers.setdefault(near, [])
        if text not in texts[:2]:  # two tell that it is not to be known which
            texts.append(text)


def exact_rows(rows: Sequence[dict[str, JSON]], written: Written) -> list[Bent]:
    """Put whole numbers of 64 bits in the place of their doubles; return what remains rounded.

    A double that two different numbers of its field became stays one.
    """
    bent: list[Bent] = []
    for index, row in enumerate(rows):
        for name in written.keys() & row.keys():
            row[name], rounded = _exact(row[name], written[name])
            bent += (Bent(index, name, text, float(text)) for text in rounded)
    return bent


def _exact(value: JSON, numbers: dict[float, list[str]]) -> tuple[JSON, list[str]]:
    """Return a value, or the values of a list, and the texts of those that are rounded."""
    if isinstance(value, list):
        each = [_exact(part, numbers) for part in value]
        return [part for part, _ in each], [text for _, texts in each for text in texts]
    texts = numbers.get(value, []) if isinstance(value, float) else []
    whole = as_integer(texts[0]) if len(texts) == 1 else None
    if whole is not None:
        return whole, []
    return value, [text for text in texts[:1] if not is_kept(text)]
