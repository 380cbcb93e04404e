"""GeoJSON: nothing of a feature is lost, coordinates keep their last bit."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from zones.crs.transform import CRS
from zones.export.export_layer import ExportLayer
from zones.geojson.geometry_text import geometry_texts

_AT_ONCE = 1000


def write_geojson(path: Path, layer: ExportLayer) -> None:
    """Write a FeatureCollection.

    RFC 7946 knows WGS 84 alone. Coordinates in any other system are as in the format of 2008,
    which QGIS, GDAL and we ourselves read: the member ``crs`` names it, x comes first.
    """
    with path.open("wb") as file:
        file.write(b'{"type":"FeatureCollection","name":%b,' % orjson.dumps(layer.info.title))
        if layer.crs not in (CRS.CRS84, CRS.EPSG_4326):
            named = {"type": "name", "properties": {"name": _urn(layer.crs)}}
            file.write(b'"crs":%b,' % orjson.dumps(named))
        file.write(b'"features":[')
        for number, text in enumerate(_features(layer)):
            file.write(b",\n" if number else b"\n")
            file.write(text)
        file.write(b"\n]}\n")


def write_geojson_lines(path: Path, layer: ExportLayer) -> None:
    """Write one feature to a line."""
    with path.open("wb") as file:
        for text in _features(layer):
            file.write(text + b"\n")


def _urn(crs: CRS) -> str:
    authority, _, code = crs.key.partition(":")
    return f"urn:ogc:def:crs:{authority}::{code}" if code else crs.uri


def _features(layer: ExportLayer) -> Iterator[bytes]:
    for start in range(0, len(layer.features), _AT_ONCE):
        features = layer.features[start : start + _AT_ONCE]
        texts = geometry_texts(layer.shapes[start : start + _AT_ONCE])
        for feature, text in zip(features, texts, strict=True):
            yield orjson.dumps(
                {
                    "type": "Feature",
                    "id": feature.fid,
                    "geometry": orjson.Fragment(text),
                    "properties": dict(feature.properties),
                }
            )
