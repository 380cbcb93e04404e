"""KML 2.2 (OGC 07-147r2), in longitude and latitude."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.reference_systems import CRS
from zones.export.changed_values import NOT_XML
from zones.export.export_layer import ExportLayer
from zones.export.typed_columns import TypedColumn
from zones.memory.work_in_slices import AT_ONCE
from zones.properties.feature_name import feature_name

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n'
)
_LINE_BREAKS: Final = {"\r": "&#13;"}  # readers make LF of a plain CR LF
_TYPES: Final = {
    "integer": "int",
    "real": "double",
    "boolean": "bool",
    "date": "string",
    "text": "string",
}
_LARGEST_INT: Final = 2**31 - 1  # programs take KML's int for one of 32 bits
_SCHEMA: Final = "zones_attributes"
"""By this our own import knows that all attributes are in the data, and names but for drawing."""

_DATUM_NAMES: Final = {CRS.GCJ02: "GCJ-02", CRS.BD09: "BD-09"}


def write_kml(path: Path, layer: ExportLayer) -> None:
    """Write a document with one Placemark for each feature, its attributes as typed data.

    In a shifted datum the document's description and data say so: KML itself knows WGS 84 alone.
    Control characters, which XML cannot hold, are left out, as ``control_remarks`` tells.
    """
    _, *attributes = layer.columns
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD)
        file.write(f"<Document><name>{_text(layer.info.title)}</name>\n")
        if layer.crs.is_shifted:
            label = f"{layer.crs.label} / {layer.crs.label_en}"
            file.write(f"<description>{_text(label)}</description>\n")
            file.write(_datum(_DATUM_NAMES[layer.crs]))
        file.write(f'<Schema name="{_SCHEMA}" id="{_SCHEMA}">')
        for column in attributes:
            file.write(f'<SimpleField type="{_type(column)}" name={_quoted(column.name)}/>')
        file.write("</Schema>\n")
        file.writelines(_placemarks(layer, attributes))
        file.write("</Document></kml>\n")


def _datum(name: str) -> str:
    """Return data of the document that name its datum as Ovi map does, which imports go by."""
    return f'<ExtendedData><Data name="OvCoordType"><value>{name}</value></Data></ExtendedData>\n'


def _placemarks(layer: ExportLayer, attributes: list[TypedColumn]) -> Iterator[str]:
    for index, (feature, shape) in enumerate(zip(layer.features, layer.shapes, strict=True)):
        shown = feature_name(feature.properties, layer.info.title_field) or feature.fid
        yield (
            f"<Placemark id={_quoted(feature.fid)}><name>{_text(shown)}</name>"
            f"{_data(attributes, index)}{'' if shape is None else _geometry(shape)}</Placemark>\n"
        )


def _data(attributes: list[TypedColumn], index: int) -> str:
    values = "".join(
        f"<SimpleData name={_quoted(column.name)}>{_value(value)}</SimpleData>"
        for column in attributes
        if (value := column.values[index]) is not None
    )
    return f'<ExtendedData><SchemaData schemaUrl="#{_SCHEMA}">{values}</SchemaData></ExtendedData>'


def _type(column: TypedColumn) -> str:
    if column.kind == "integer" and any(abs(int(v)) > _LARGEST_INT for v in column.values if v):
        return "string"
    return _TYPES[column.kind]


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else _text(str(value))


def _geometry(shape: BaseGeometry) -> str:
    if shape.is_empty:
        return ""
    if shape.geom_type == "Point":
        return f"<Point>{_coordinates(shape)}</Point>"
    if shape.geom_type in ("LineString", "LinearRing"):
        return f"<LineString>{_coordinates(shape)}</LineString>"
    if shape.geom_type == "Polygon":
        outer, *inner = shapely.get_rings(shape)
        holes = "".join(f"<innerBoundaryIs>{_ring(ring)}</innerBoundaryIs>" for ring in inner)
        return f"<Polygon><outerBoundaryIs>{_ring(outer)}</outerBoundaryIs>{holes}</Polygon>"
    parts = "".join(_geometry(part) for part in shapely.get_parts(shape))
    return f"<MultiGeometry>{parts}</MultiGeometry>"


def _ring(ring: Any) -> str:
    return f"<LinearRing>{_coordinates(ring)}</LinearRing>"


def _coordinates(shape: Any) -> str:
    vertices = shapely.get_coordinates(shape)
    parts = (vertices[at : at + AT_ONCE].tolist() for at in range(0, len(vertices), AT_ONCE))
    pairs = " ".join(" ".join([f"{lon!r},{lat!r}" for lon, lat in part]) for part in parts)
    return f"<coordinates>{pairs}</coordinates>"


def _text(text: str) -> str:
    return escape(NOT_XML.sub("", text), _LINE_BREAKS)


def _quoted(text: str) -> str:
    return quoteattr(NOT_XML.sub("", text))
