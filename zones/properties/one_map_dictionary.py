"""Layers and fields that planning and survey offices name alike (一张图), read from TOML.

``one_map.toml`` lists them with their sources, ``class_codes.toml`` the codes of classes.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any, Final, Literal

from zones.model import CodedValue

ValueKind = Literal["text", "number", "date"]

_MARKS: Final = frozenset({"BSM", "YSDM", "XZQDM", "YDYHFLDM", "GHFQDM"})
"""Fields of which two together stand in such a layer alone, whatever it is called."""
_ENOUGH_MARKS: Final = 2
_ENOUGH_FIELDS: Final = 3


@dataclass(frozen=True, slots=True)
class KnownField:
    """A field: its title, and what the lists say of its values.

    Attributes
    ----------
    unit, measured
        Of areas; and whether the polygon itself has that area.
    length
        The most characters of a text; None where editions differ.
    needed
        Whether it is blank in no row.
    codes, codes_of
        The table of its codes, and the layers in which it is that one; empty for all.
    named_by
        The field that holds the names of its codes.
    """

    name: str
    title: str
    kind: ValueKind
    unit: str = ""
    measured: bool = False
    length: int | None = None
    needed: bool = False
    codes: str = ""
    codes_of: tuple[str, ...] = ()
    named_by: str = ""


def known_field(name: str) -> KnownField | None:
    """Return the field of that name in any case, None if the lists have none."""
    return _fields().get(name.strip().upper())


def known_layer(name: str | None) -> str | None:
    """Return the code of a layer by it or its title, also at the end of a path; None if unknown."""
    code = PurePosixPath(name or "").name.strip().upper()
    return code if code in _layers() else _by_title().get(code)


def is_layer_code(name: str | None) -> bool:
    """Return whether a layer is named by its code, as nothing else is."""
    return PurePosixPath(name or "").name.strip().upper() in _layers()


def layer_title(name: str | None) -> str | None:
    """Return the title of a layer by its name, None if the lists have none."""
    code = known_layer(name)
    return None if code is None else _layers()[code]


def are_of_one_map(names: Iterable[str]) -> bool:
    """Return whether a layer of any name is told for one of the lists by its fields."""
    known = {name.strip().upper() for name in names} & _fields().keys()
    return len(known & _MARKS) >= _ENOUGH_MARKS or len(known) >= _ENOUGH_FIELDS


def codes_of(field: KnownField, layer: str | None) -> Mapping[str, str]:
    """Return the texts of a field's codes in a layer; empty where it has none that are certain."""
    if not field.codes or (field.codes_of and known_layer(layer) not in field.codes_of):
        return {}
    return _tables()[field.codes]


def land_use_code(text: str) -> str | None:
    """Return the code of a class of land or sea use by it or by its name; None of what is none."""
    known = _tables()["land_use"]
    return text if text in known else _land_use_by_name().get(text)


def coded_values(texts: Mapping[str, str]) -> tuple[CodedValue, ...]:
    """Return the texts of codes as a collection's description has them."""
    return tuple(CodedValue(code, text) for code, text in texts.items())


@cache
def _lists() -> dict[str, Any]:
    return _toml("one_map.toml")


@cache
def _fields() -> Mapping[str, KnownField]:
    return {name: _field(name, definition) for name, definition in _lists()["fields"].items()}


def _field(name: str, definition: dict[str, Any]) -> KnownField:
    return KnownField(name, **{**definition, "codes_of": tuple(definition.get("codes_of", ()))})


@cache
def _layers() -> Mapping[str, str]:
    titles: dict[str, str] = _lists()["layers"]
    return titles


@cache
def _by_title() -> Mapping[str, str]:
    return {title: code for code, title in _layers().items()}


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    return _toml("class_codes.toml")


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files("zones.properties").joinpath(name).read_text(encoding="utf-8"))


@cache
def _land_use_by_name() -> Mapping[str, str]:
    return {name: code for code, name in _tables()["land_use"].items()}
