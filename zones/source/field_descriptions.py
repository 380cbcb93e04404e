"""What a file says of its fields besides their values, within bounds, and what to tell of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from zones.model import CodedValue, FieldInfo, Problem

LONGEST_WORDS: Final = 200
MOST_CODES: Final = 5_000
"""Of all fields of a layer together."""
_MOST_LISTED: Final = 12
_LONGEST_LIST: Final = 380


@dataclass(frozen=True, slots=True)
class FieldInfos:
    """Titles and codes by the name of the field in the file, and notes for the report."""

    fields: Mapping[str, FieldInfo]
    notes: tuple[Problem, ...] = ()


def field_infos(found: Iterable[FieldInfo], names: Sequence[str]) -> FieldInfos:
    """Return what is known of a layer's fields.

    Parameters
    ----------
    found
        As the file has it: of any fields, of any length.
    names
        The layer's fields.

    Notes
    -----
    A title that is the name itself is none. Lists of codes that exceed 5,000 together are left
    out, the last first, and a note says so.
    """
    infos: dict[str, FieldInfo] = {}
    left_out: list[str] = []
    room = MOST_CODES
    for field in (_within_bounds(each) for each in found if each.name in names):
        codes = field.codes if len(field.codes) <= room else ()
        if len(codes) < len(field.codes):
            left_out.append(field.name)
        room -= len(codes)
        if field.title or codes:
            infos[field.name] = replace(field, codes=codes)
    return FieldInfos(infos, tuple(_notes(infos.values(), left_out)))


def typed_code(written: str, read: Callable[[str], str | int | float]) -> str | int | float:
    """Return a code as its field's values are, as ``read`` makes them; text where it cannot be.

    Examples
    --------
    >>> typed_code("7", int), typed_code("0.5", float), typed_code("7a", int)
    (7, 0.5, '7a')
    """
    try:
        return read(written)
    except ValueError:
        return written


def _within_bounds(field: FieldInfo) -> FieldInfo:
    title = _shown(field.title)
    codes = {each.code: _shown(each.text) for each in field.codes if _is_short(each.code)}
    return FieldInfo(
        field.name,
        "" if title.casefold() == field.name.casefold() else title,
        tuple(CodedValue(code, text) for code, text in codes.items() if text),
    )


def _is_short(code: str | float) -> bool:
    return not isinstance(code, str) or 0 < len(code) <= LONGEST_WORDS


def _shown(words: str) -> str:
    """Return words on one line, without control characters, 200 characters at most."""
    return "".join(filter(str.isprintable, " ".join(words.split())))[:LONGEST_WORDS]


def _notes(fields: Iterable[FieldInfo], left_out: Sequence[str]) -> Iterable[Problem]:
    titled = [f"{field.name} = {field.title}" for field in fields if field.title]
    if titled:
        yield Problem("titles-from-aliases", _listed(titled), "note")
    for field in (field for field in fields if field.codes):
        codes = [f"{each.code} = {each.text}" for each in field.codes]
        yield Problem("codes-from-domain", _listed(codes), "note", field=field.name)
    for name in left_out:
        yield Problem("codes-too-many", {"most": MOST_CODES}, "warning", field=name)


def _listed(parts: Sequence[str]) -> dict[str, str | int]:
    more = len(parts) - _MOST_LISTED
    listed = "；".join(parts[:_MOST_LISTED])[:_LONGEST_LIST]
    return {"count": len(parts), "listed": f"{listed} …" if more > 0 else listed}
