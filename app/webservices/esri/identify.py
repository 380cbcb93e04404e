"""``/MapServer/identify`` and ``find``: features under a click, and those that hold a text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.http import parameters
from app.http.fault_status import RequestError
from app.webservices.esri.map_layers import MapServiceLayer, map_layers, named_layers
from app.webservices.esri.query import SHOWN, is_true
from app.webservices.esri.query_answers import attributes_of
from app.webservices.wms.features_under_pixel import discs_covering, drawn_first
from zones.crs.transform import CRS, geometry_to_storage
from zones.drawing.visible_features import not_drawn
from zones.esri.field_types import EsriFields
from zones.esri.geometry_json import crs_of, geometry_json, read_geometry, spatial_reference
from zones.messages import Lang
from zones.model import JSON
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.snapshot.object_ids import object_ids

JSONObject = dict[str, Any]
Params = Mapping[str, str]

MOST_RESULTS: Final = 1_000
MOST_TOLERANCE_PX: Final = 100
ORDERS: Final = ("top", "visible", "all")
_BOX, _DISPLAY = 4, 3
_POINT: Final = "esriGeometryPoint"


@dataclass(frozen=True, slots=True)
class Shown:
    """How results are written: the system, whether with geometry, and titles of fields."""

    crs: CRS
    with_geometry: bool
    tolerance: float
    by_name: bool
    as_values: bool
    lang: Lang


def identified(params: Params, name: str, snapshot: Snapshot, lang: Lang) -> JSONObject:
    """Return what is within the tolerance of a place, the first layer's first.

    Raises
    ------
    RequestError, EsriGeometryError, UnknownCRSError
        What is wrong with a parameter, the place being its name.
    """
    order, _, numbers = (params.get("layers") or "top").strip().partition(":")
    order = parameters.choice(order.lower(), "layers", choices=ORDERS)
    layers = named_layers(map_layers(name, snapshot), numbers)
    crs, exact, probe = _probe(params)
    shown = _shown(params, crs, lang)
    hidden = snapshot.derived(not_drawn)
    results: list[JSONObject] = []
    for each in layers:
        found = set(each.collection.tree.query(probe, predicate="intersects").tolist())
        if exact.geom_type == "Point":
            found.update(discs_covering(each.collection, exact))
        drawn = drawn_first(each.collection, _of_layer(each, found), hidden)
        results += [_result(each, i, shown) for i in drawn[: MOST_RESULTS - len(results)]]
        if results and order == "top":
            break
    return {"results": results}


def found_texts(params: Params, name: str, snapshot: Snapshot, lang: Lang) -> JSONObject:
    """Return the features with a text in one of their fields, each with the first such field.

    Raises
    ------
    RequestError, UnknownCRSError
        What is wrong with a parameter, the place being its name.
    """
    text = _required(params, "searchText")
    layers = named_layers(map_layers(name, snapshot), _required(params, "layers"))
    field_names = [
        each.strip() for each in params.get("searchFields", "").split(",") if each.strip()
    ]
    contains = is_true(params.get("contains") or "true")
    crs = crs_of(params.get("sr") or "4490")
    shown = _shown(params, crs, lang)
    hidden = snapshot.derived(not_drawn)
    results: list[JSONObject] = []
    for each in layers:
        every = _of_layer(each, range(len(each.collection)))
        for i in reversed(drawn_first(each.collection, every, hidden)):
            field = _field_with(each.collection, i, text, field_names, contains=contains)
            if field is not None and len(results) < MOST_RESULTS:
                results.append({**_result(each, i, shown), "foundFieldName": field})
    return {"results": results}


def _of_layer(each: MapServiceLayer, positions: Any) -> Iterator[int]:
    own = each.layer.positions
    if own is None:
        yield from positions
    else:
        yield from np.intersect1d(own, np.fromiter(positions, np.int64)).tolist()


def _field_with(
    collection: Collection, index: int, text: str, field_names: list[str], *, contains: bool
) -> str | None:
    """Return the first field that holds the text: in any case of letters, or whole and exactly."""
    fields = collection.derived(EsriFields)
    searched = (
        [f for name in field_names if (f := fields.find(name))]
        if field_names
        else fields.fields[1:]
    )
    values = attributes_of(collection, searched, index, 0)
    for name, value in values.items():
        written = "" if value is None else str(value)
        if (text.casefold() in written.casefold()) if contains else text == written:
            return name
    return None


def _result(each: MapServiceLayer, index: int, shown: Shown) -> JSONObject:
    collection = each.collection
    fields = collection.derived(EsriFields)
    number = int(collection.derived(object_ids)[index])
    values = attributes_of(collection, fields.fields, index, number)
    titles = {f.name: f.name if shown.by_name else f.alias or f.name for f in fields.fields}
    result: JSONObject = {
        "layerId": each.number,
        "layerName": each.title(shown.lang),
        "displayFieldName": titles.get(fields.display, fields.display),
        "value": _text(values.get(fields.display)),
        "attributes": {
            titles[name]: value if shown.as_values else _text(value)
            for name, value in values.items()
        },
    }
    if shown.with_geometry:
        (shape,) = collection.published([index], shown.crs)
        if shown.tolerance > 0:
            shape = shapely.simplify(shape, shown.tolerance)
        written = geometry_json(shape)
        result["geometryType"] = each.layer.geometry_type
        result["geometry"] = written and {
            **written,
            "spatialReference": spatial_reference(shown.crs),
        }
    return result


def _text(value: JSON) -> str:
    """Return a value as ArcGIS writes it in results: as text, ``Null`` for none."""
    return "Null" if value is None else str(value)


def _shown(params: Params, crs: CRS, lang: Lang) -> Shown:
    tolerance = params.get("maxAllowableOffset") or "0"
    return Shown(
        crs,
        is_true(params.get("returnGeometry") or "true"),
        parameters.number(tolerance, "maxAllowableOffset"),
        is_true(params.get("returnFieldName") or "false"),
        is_true(params.get("returnUnformattedValues") or "false"),
        lang,
    )


def _probe(params: Params) -> tuple[CRS, BaseGeometry, BaseGeometry]:
    """Return the system of the question, the geometry, and what is within the tolerance of it.

    Both geometries are in EPSG:4490.
    """
    text = _required(params, "geometry")
    geometry, own = read_geometry(text, params.get("geometryType") or _POINT)
    crs = crs_of(params["sr"]) if params.get("sr", "").strip() else own or crs_of("4490")
    unit = _unit(params)
    tolerance = _required(params, "tolerance")
    pixels = parameters.whole_number(tolerance, "tolerance", low=0, high=MOST_TOLERANCE_PX)
    room = geometry.buffer(pixels * unit) if pixels else geometry
    exact, probe = (geometry_to_storage(each, crs) for each in (geometry, room))
    if not np.isfinite(shapely.get_coordinates(probe)).all():
        return crs, shapely.Point(), shapely.Point()
    return crs, exact, probe


def _unit(params: Params) -> float:
    """Return how wide a pixel of the client's picture is, in units of the question's system."""
    box = [parameters.number(n, "mapExtent") for n in _required(params, "mapExtent").split(",")]
    if len(box) != _BOX:
        raise RequestError("bbox-count", loc=("query", "mapExtent"), count=len(box))
    display = _required(params, "imageDisplay").split(",")
    if len(display) != _DISPLAY:
        shown = params["imageDisplay"][:SHOWN]
        raise RequestError("esri-size", loc=("query", "imageDisplay"), given=shown)
    width = parameters.number(display[0], "imageDisplay")
    west, _, east, _ = box
    if not (west < east and width > 0):
        shown = params["mapExtent"][:SHOWN]
        raise RequestError("wms-bbox-order", loc=("query", "mapExtent"), given=shown)
    return (east - west) / width


def _required(params: Params, name: str) -> str:
    text = params.get(name, "").strip()
    if not text:
        raise RequestError("ows-parameter-missing", loc=("query", name), name=name)
    return text
