"""Values of a GML from their texts, by the types that GDAL finds for its fields.

GDAL makes the largest number of 64 bits of an integer beyond them, and doubles of codes that stand
among numbers with decimals (3.12.4, seen here). So it finds the types, and then hands over texts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from zones.geojson.lossy_numbers import Bent, LongNumber, as_integer, is_kept, settled
from zones.model import JSON

_NUMBER: Final = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,9})?")
_SHORT: Final = re.compile(r"-?(?=[0-9.]{1,15}\Z)(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+")
"""Numbers as most are, of which a double keeps all digits."""
_LONGEST: Final = 1000  # characters of a number; what is longer is text
_EXACT: Final = 2**53
_NOT_FINITE: Final = {"NaN": float("nan"), "INF": float("inf"), "-INF": float("-inf")}
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}
_NOTE_OF_TYPES: Final = ".gfs"
_TYPE: Final = re.compile(rb"<Type>([^<]*)</Type>")
_SUBTYPE: Final = re.compile(rb"<Subtype>[^<]*</Subtype>")
_NOTED_TYPES: Final = frozenset(
    {b"Integer", b"Real", b"String", b"IntegerList", b"RealList", b"StringList"}
)

Reader = Callable[[str], JSON | LongNumber]


def hand_over_texts(path: Path) -> None:
    """Have GDAL read all fields of a file as texts from now on, also one whose types it knows.

    Beside the file it has noted the types that it found. These are made texts there, as it would
    have to go through the whole file for another note.
    """
    import pyogrio

    pyogrio.set_gdal_config_options({"GML_FIELDTYPES": "ALWAYS_STRING"})
    note = path.with_suffix(_NOTE_OF_TYPES)
    if not note.exists():
        return
    types = note.read_bytes()
    if any(each not in _NOTED_TYPES for each in _TYPE.findall(types)):
        note.unlink()
    else:
        note.write_bytes(_TYPE.sub(_as_text, _SUBTYPE.sub(b"", types)))


def _as_text(noted: re.Match[bytes]) -> bytes:
    several = b"List" if noted[1].endswith(b"List") else b""
    return b"<Type>String%b</Type>" % several


def readers_of(kinds: Mapping[str, str]) -> dict[str, Reader]:
    """Return how texts of fields become values, for those that are more than text."""
    return {name: _READERS[kind] for name, kind in kinds.items() if kind in _READERS}


def as_values(rows: Sequence[dict[str, JSON]], readers: Mapping[str, Reader]) -> list[Bent]:
    """Put values in the place of texts; return which numbers could not be kept as such."""
    bent: list[Bent] = []
    for name, reader in readers.items():
        for index, row in enumerate(rows):
            text = row.get(name)
            if isinstance(text, str) and type(value := reader(text)) is not LongNumber:
                row[name] = value  # as nearly all are
                continue
            found: list[tuple[str, LongNumber]] = []
            row[name] = settled(_read(row.get(name), reader), name, found)
            bent += (
                Bent(index, name, str(each), str(each) if each.is_integer else float(each))
                for _, each in found
            )
    return sorted(bent, key=lambda each: each.index)


def _read(value: JSON, reader: Reader) -> JSON | LongNumber:
    if isinstance(value, list):
        return [_read(each, reader) for each in value]
    return reader(value) if isinstance(value, str) else value


def _number(text: str, *, is_whole: bool) -> JSON | LongNumber:
    """Return a number of a field of whole numbers, or of doubles; codes among these stay exact."""
    if _SHORT.fullmatch(text):
        return int(text) if is_whole and "." not in text else float(text)
    written = text.strip().removeprefix("+")
    if not written:
        return None
    if len(written) > _LONGEST or not _NUMBER.fullmatch(written):
        return _NOT_FINITE.get(written, text)
    whole = as_integer(written)
    if whole is not None and (is_whole or abs(whole) > _EXACT):
        return whole
    return float(written) if is_kept(written) else LongNumber(written)


def _truth(text: str) -> JSON:
    return _TRUTH.get(text.strip(), text)


_WHOLE: Final = partial(_number, is_whole=True)
_REAL: Final = partial(_number, is_whole=False)
_READERS: Final[dict[str, Reader]] = {
    **dict.fromkeys(("OFTInteger", "OFTInteger64", "OFTIntegerList", "OFTInteger64List"), _WHOLE),
    **dict.fromkeys(("OFTReal", "OFTRealList"), _REAL),
    "OFSTBoolean": _truth,
}
