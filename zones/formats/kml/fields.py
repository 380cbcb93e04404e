"""What a placemark tells of its thing: name, description, times, and data of the sender's own."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from sys import intern
from typing import Final, NamedTuple

from zones.formats.kml.elements import Container, KMLElement
from zones.formats.kml.html import is_html, plain_text
from zones.geojson.lossy_numbers import as_integer, is_kept
from zones.model import JSON

OWN_SCHEMA: Final = "zones_attributes"
"""Marks our own exports: all attributes are in the data, the name is for drawing alone."""

_STANDARD_FIELDS: Final = {
    "name": "name",
    "description": "description",
    "Snippet": "snippet",
    "snippet": "snippet",
    "address": "address",
    "phoneNumber": "phoneNumber",
}
_WITH_TIMES: Final = {
    "TimeStamp": {"when": "timestamp"},
    "TimeSpan": {"begin": "begin", "end": "end"},
}
_NO_TIMES: Final[dict[str, str]] = {}
_STRING: Final = "string"
_EXTENDED, _DATA = "ExtendedData", "Data"
_HTML: Final = frozenset({"description", "snippet"})
_WITH_HTML: Final = frozenset({"description", "Snippet", "snippet"})
_WHOLE: Final = frozenset({"int", "uint", "short", "ushort", "long", "ulong", "integer"})
_REAL: Final = frozenset({"float", "double"})
_TRUTH: Final = {"1": True, "true": True, "0": False, "false": False}
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_LARGEST: Final = 2**63
_EXACT: Final = 2**53
_LONGEST: Final = 1000  # characters of a number; what is longer is text

FieldKey = tuple[bool, str, int]
"""Whether KML itself has the field, what it is called, how often the placemark had it before."""


class KMLField(NamedTuple):
    """A field of one placemark: its text, and the schema that states its type, if any does."""

    key: FieldKey
    text: str
    schema: str | None = None

    def type_in(self, schemas: "Schemas") -> str:
        """Return the type that is stated for it."""
        if self.schema is None:
            return _STRING
        return schemas.get(self.schema, {}).get(self.key[1], _STRING)


def value_of(text: str, type_name: str) -> JSON:
    """Return a text as its type has it; as text where the type cannot hold it."""
    reader = _READERS.get(type_name)
    return text if reader is None else reader(text.strip(), text)


def is_misfit(value: JSON, type_name: str) -> bool:
    """Return whether a value is text although another type is stated for it."""
    return isinstance(value, str) and type_name in _READERS


Schemas = Mapping[str, Mapping[str, str]]


def schemas_of(containers: Iterable[Container]) -> Schemas:
    """Return the types of the fields of each schema, by its id."""
    return {
        element.attributes.get("id", element.attributes.get("name", "")): {
            each.attributes.get("name", ""): each.attributes.get("type", _STRING)
            for each in element.children
        }
        for container in containers
        for element in container.elements
        if element.name == "Schema"
    }


def titles_of(containers: Iterable[Container]) -> dict[str, str]:
    """Return what the schemas' fields are to be called when they are shown, by their names."""
    return {
        each.attributes.get("name", ""): plain_text(shown.text)
        for container in containers
        for element in container.elements
        if element.name == "Schema"
        for each in element.children
        if (shown := each.child("displayName")) is not None
    }


def titles_in(placemark: KMLElement) -> Iterator[tuple[str, str]]:
    """Yield the names of data without a schema, and what they are to be called."""
    for extended in placemark.named(_EXTENDED):
        for data in extended.named(_DATA):
            if (shown := data.child("displayName")) is not None and (
                text := plain_text(shown.text)
            ):
                yield data.attributes.get("name", ""), text


def has_html(placemark: KMLElement) -> bool:
    """Return whether a placemark's description or snippet is HTML, of which the text is kept."""
    return any(is_html(each.text) for each in placemark.children if each.name in _WITH_HTML)


def fields_of(placemark: KMLElement) -> list[KMLField]:
    """Return all that is told of a placemark, in the order in which it stands there."""
    rows = list(_data(placemark))
    schemas = {schema for _, _, _, schema in rows} if rows else _schemas_in(placemark)
    if OWN_SCHEMA not in schemas:
        rows = [*_of_kml(placemark), *rows]
    met: dict[tuple[bool, str], int] = {}
    found = []
    for in_kml, label, text, schema in rows:
        repeat = met[in_kml, label] = met.get((in_kml, label), -1) + 1
        found.append(KMLField(_shared_key(in_kml, label, repeat), text, schema))
    return found


@lru_cache(maxsize=1024)
def _shared_key(in_kml: bool, label: str, repeat: int) -> FieldKey:
    """Return a key, the same object for equal ones: many thousands of placemarks have it."""
    return in_kml, label, repeat


_Row = tuple[bool, str, str, str | None]


def _of_kml(placemark: KMLElement) -> Iterator[_Row]:
    for child in placemark.children:
        if (label := _STANDARD_FIELDS.get(child.name)) is not None:
            text = child.text.strip()
            if text:
                yield True, label, plain_text(text) if label in _HTML else text, None
        for element, label in _WITH_TIMES.get(child.name, _NO_TIMES).items():
            if (part := child.child(element)) is not None and part.text.strip():
                yield True, label, part.text.strip(), None


def _data(placemark: KMLElement) -> Iterator[_Row]:
    for extended in placemark.children:
        if extended.name in ("ExtendedData", "Metadata"):
            for child in extended.children:
                yield from _of_data(child)


def _of_data(child: KMLElement) -> Iterator[_Row]:
    """Yield data without a type, data of a schema, or what the sender has of his own."""
    if child.name == _DATA:
        name = child.attributes.get("name", "")
        texts = [value.text for value in child.named("value")]
        yield from ((False, name, text, None) for text in texts or [""])
    elif child.name == "SchemaData":
        schema = _schema_of(child)
        for each in child.children:
            yield False, each.attributes.get("name", ""), _simple(each), schema
    else:
        for each in (child, *child.all_within()):
            if not each.children or each.text.strip():
                yield False, each.name, each.text, None


def _schemas_in(placemark: KMLElement) -> set[str | None]:
    """Return the schemas that a placemark has data of, also those without a value."""
    return {
        _schema_of(data)
        for extended in placemark.named("ExtendedData")
        for data in extended.named("SchemaData")
    }


def _schema_of(data: KMLElement) -> str:
    return intern(data.attributes.get("schemaUrl", "").rpartition("#")[2])


def _simple(each: KMLElement) -> str:
    """Return the text of a field, or those of an array of them."""
    return each.text if not each.children else ", ".join(part.text for part in each.children)


def labels_of(keys: Sequence[FieldKey]) -> dict[FieldKey, str]:
    """Return a name of its own for each field; those of KML come first, repeats are numbered.

    Examples
    --------
    >>> labels_of([(False, "name", 0), (True, "name", 0)])
    {(True, 'name', 0): 'name', (False, 'name', 0): 'name(2)'}
    """
    labels: dict[FieldKey, str] = {}
    taken: set[str] = set()
    for key in sorted(keys, key=lambda key: not key[0]):
        label, repeat = key[1], 2
        while label in taken:
            label, repeat = f"{key[1]}({repeat})", repeat + 1
        taken.add(label)
        labels[key] = label
    return labels


def _whole(text: str, as_written: str) -> JSON:
    if not text:
        return None
    fits = len(text) <= _LONGEST and _INTEGER.fullmatch(text) and -_LARGEST <= int(text) < _LARGEST
    return int(text) if fits else as_written


def _real(text: str, as_written: str) -> JSON:
    if not text:
        return None
    if len(text) <= _LONGEST and _INTEGER.fullmatch(text) and abs(int(text)) > _EXACT:
        return _whole(text, as_written)
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        return as_written
    whole = None if is_kept(text) else as_integer(text)
    return float(text) if whole is None else whole


def is_rounded(number: float, text: str) -> bool:
    """Return whether a number that is not infinite has fewer digits than its text."""
    return isfinite(number) and not is_kept(text.strip())


def _truth(text: str, as_written: str) -> JSON:
    return _TRUTH.get(text.casefold(), as_written) if text else None


_READERS: Final[dict[str, Callable[[str, str], JSON]]] = {
    **dict.fromkeys(_WHOLE, _whole),
    **dict.fromkeys(_REAL, _real),
    "bool": _truth,
    "boolean": _truth,
}
