"""Answers of an ArcGIS REST service, made by a writer of the tests' own."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

FIELDS = (
    {"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"},
    {"name": "DKMC", "type": "esriFieldTypeString", "alias": "地块名称", "length": 60},
    {
        "name": "DLBM",
        "type": "esriFieldTypeString",
        "alias": "地类编码",
        "domain": {
            "type": "codedValue",
            "name": "地类",
            "codedValues": [{"name": "城镇住宅用地", "code": "0701"}],
        },
    },
    {"name": "TBMJ", "type": "esriFieldTypeDouble", "alias": "图斑面积"},
    {"name": "SCRQ", "type": "esriFieldTypeDate", "alias": "生成日期", "length": 8},
)
_KINDS = {0: "Point", 1: "Polyline", 3: "Polygon", 4: "Multipoint", 5: "Polyline", 6: "Polygon"}


def shape(geometry: BaseGeometry | None) -> dict[str, Any] | None:
    """Return a geometry as Esri writes it: outlines clockwise, holes the other way."""
    if geometry is None:
        return None
    kind = _KINDS[shapely.get_type_id(geometry)]
    parts = list(shapely.get_parts(geometry))
    if kind == "Point":
        return dict(zip("xy", *shapely.get_coordinates(geometry).tolist(), strict=True))
    if kind == "Multipoint":
        return {"points": shapely.get_coordinates(geometry).tolist()}
    if kind == "Polyline":
        return {"paths": [shapely.get_coordinates(part).tolist() for part in parts]}
    turned = [shapely.orient_polygons(part, exterior_cw=True) for part in parts]
    rings = [ring for part in turned for ring in shapely.get_rings(part)]
    return {"rings": [shapely.get_coordinates(ring).tolist() for ring in rings]}


def feature(geometry: BaseGeometry | None, number: int = 1, **attributes: Any) -> dict[str, Any]:
    """Return a feature."""
    told = {"OBJECTID": number, "DKMC": "地块", "DLBM": "0701", "TBMJ": 1.5, "SCRQ": None}
    return {"attributes": {**told, **attributes}, "geometry": shape(geometry)}


def answer(
    features: Sequence[Mapping[str, Any]],
    *,
    wkid: int = 4490,
    kind: str = "Polygon",
    fields: Iterable[Mapping[str, Any]] = FIELDS,
    **more: Any,
) -> bytes:
    """Return what a query answers."""
    told = {
        "objectIdFieldName": "OBJECTID",
        "geometryType": f"esriGeometry{kind}",
        "spatialReference": {"wkid": wkid, "latestWkid": wkid},
        "fields": list(fields),
        "features": list(features),
        **more,
    }
    return json.dumps(told, ensure_ascii=False).encode()
