"""Aliases, domains and subtypes of a file geodatabase, from the XML of its own catalogue.

GDAL reads them, but pyogrio does not pass them on; the table ``GDB_Items`` has them as Esri's
programs write them, one definition for each layer and each domain.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final
from xml.etree import ElementTree as ET

from zones.errors import SourceError
from zones.formats.gdal.layers import read_layer
from zones.model import CodedValue, FieldInfo
from zones.source.field_descriptions import typed_code

_ITEMS: Final = "GDB_Items"
_LONGEST_DEFINITION: Final = 8 * 2**20
_MOST_ITEMS: Final = 10_000
_NUMBERS: Final[Mapping[str, type[int | float]]] = MappingProxyType(
    {
        "esriFieldTypeInteger": int,
        "esriFieldTypeSmallInteger": int,
        "esriFieldTypeDouble": float,
        "esriFieldTypeSingle": float,
    }
)

Codes = tuple[CodedValue, ...]


def catalogue_fields(path: Path, layer: str) -> list[FieldInfo]:
    """Return aliases and coded values of a layer's fields; nothing where there is no catalogue.

    Geodatabases of version 9 have it in other tables, which are not read.
    """
    return described_fields(definitions_of(path), layer)


def described_fields(definitions: Sequence[ET.Element], layer: str) -> list[FieldInfo]:
    """Return aliases and coded values of a layer's fields, as a catalogue defines them."""
    domains = dict(_domain(root) for root in definitions if root.tag == "GPCodedValueDomain2")
    described = (root for root in definitions if text_in(root, "Name") == layer)
    root = next((root for root in described if root.find("GPFieldInfoExs") is not None), None)
    return [] if root is None else list(_fields(root, domains))


def definitions_of(path: Path) -> list[ET.Element]:
    """Return the definitions of layers and domains that can be read."""
    return parsed_definitions(_definitions(path))


def parsed_definitions(found: Iterable[object]) -> list[ET.Element]:
    """Return those that are XML, without namespaces."""
    return [root for root in map(_parsed, found) if root is not None]


def _definitions(path: Path) -> Sequence[object]:
    try:
        _, _, _, (column,) = read_layer(
            path, _ITEMS, columns=["Definition"], read_geometry=False, max_features=_MOST_ITEMS
        )
    except SourceError:
        return ()
    found: Sequence[object] = column.tolist()
    return found


def _parsed(definition: object) -> ET.Element | None:
    """Return the XML without namespaces; None for what is none, or declares a document type."""
    if not isinstance(definition, str) or len(definition) > _LONGEST_DEFINITION:
        return None
    if "<!" in definition:
        return None
    try:
        # In the confined process, and without a document type there are no entities to grow.
        root = ET.fromstring(definition.encode())  # noqa: S314 - as said above
    except ET.ParseError:
        return None
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    return root


def _fields(root: ET.Element, domains: Mapping[str, Codes]) -> Iterator[FieldInfo]:
    subtyped, subtypes = text_in(root, "SubtypeFieldName"), root.findall("Subtypes/Subtype")
    for node in root.iterfind("GPFieldInfoExs/GPFieldInfoEx"):
        name = text_in(node, "Name")
        codes = domains.get(text_in(node, "DomainName"), ())
        if name and name == subtyped:
            codes = _subtype_codes(subtypes) or codes
        yield FieldInfo(
            name, text_in(node, "AliasName"), codes or _by_subtype(name, subtypes, domains)
        )


def _domain(root: ET.Element) -> tuple[str, Codes]:
    kind = text_in(root, "FieldType")
    values = root.iterfind("CodedValues/CodedValue")
    read = _NUMBERS.get(kind, str)
    codes = (
        CodedValue(typed_code(text_in(one, "Code"), read), text_in(one, "Name")) for one in values
    )
    return text_in(root, "DomainName"), tuple(codes)


def _subtype_codes(subtypes: Sequence[ET.Element]) -> Codes:
    codes = (
        CodedValue(typed_code(text_in(one, "SubtypeCode"), int), text_in(one, "SubtypeName"))
        for one in subtypes
    )
    return tuple(codes)


def _by_subtype(name: str, subtypes: Sequence[ET.Element], domains: Mapping[str, Codes]) -> Codes:
    """Return the codes of the domains that a field has by subtype, as far as these agree."""
    named = {
        text_in(info, "DomainName")
        for one in subtypes
        for info in one.iterfind("FieldInfos/SubtypeFieldInfo")
        if text_in(info, "FieldName") == name
    }
    texts: dict[str | int | float, set[str]] = {}
    for domain in sorted(named):
        for each in domains.get(domain, ()):
            texts.setdefault(each.code, set()).add(each.text)
    return tuple(
        CodedValue(code, *meanings) for code, meanings in texts.items() if len(meanings) == 1
    )


def text_in(node: ET.Element, name: str) -> str:
    """Return the text of a child, without blanks at its ends; empty if there is none."""
    return (node.findtext(name) or "").strip()
