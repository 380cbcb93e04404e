"""The types of features as XML Schema, for GML 3.2 and 3.1."""

from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from zones.gml.property_types import FeatureType, GMLProperty
from zones.gml.write_geometry import NAMESPACES, Version
from zones.gml.xml_names import NAMESPACE, PREFIX

_IMPORTS: Final[dict[Version, str]] = {
    "3.2": "http://schemas.opengis.net/gml/3.2.1/gml.xsd",
    "3.1": "http://schemas.opengis.net/gml/3.1.1/base/gml.xsd",
}
_FEATURE: Final[dict[Version, str]] = {"3.2": "gml:AbstractFeature", "3.1": "gml:_Feature"}


def schema_document(types: Iterable[FeatureType], version: Version) -> str:
    """Return the schema of these types of features.

    What people read for a property, its title, stands in ``xs:annotation``.
    """
    parts = "".join(part for each in types for part in _type(each, version))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:gml="{NAMESPACES[version]}"'
        f' xmlns:{PREFIX}="{NAMESPACE}" targetNamespace="{NAMESPACE}"'
        ' elementFormDefault="qualified" version="1.0">\n'
        f'<xs:import namespace="{NAMESPACES[version]}" schemaLocation="{_IMPORTS[version]}"/>\n'
        f"{parts}</xs:schema>\n"
    )


def _type(kind: FeatureType, version: Version) -> Iterator[str]:
    yield (
        f'<xs:complexType name="{kind.name}Type"><xs:complexContent>'
        '<xs:extension base="gml:AbstractFeatureType"><xs:sequence>\n'
    )
    geometry = f"gml:{kind.geometry}PropertyType"
    yield (
        f'<xs:element name="{kind.geometry_element}" type="{geometry}"'
        ' minOccurs="0" nillable="true"/>\n'
    )
    yield from map(_element, kind.fields)
    yield "</xs:sequence></xs:extension></xs:complexContent></xs:complexType>\n"
    yield (
        f'<xs:element name="{kind.name}" type="{PREFIX}:{kind.name}Type"'
        f' substitutionGroup="{_FEATURE[version]}"/>\n'
    )


def _element(field: GMLProperty) -> str:
    head = f'<xs:element name={quoteattr(field.element)} type="xs:{field.type}"'
    optional = ' minOccurs="0" nillable="true"'
    if not field.title or field.title == field.name:
        return f"{head}{optional}/>\n"
    words = f"<xs:documentation>{escape(field.title)}</xs:documentation>"
    return f"{head}{optional}><xs:annotation>{words}</xs:annotation></xs:element>\n"
