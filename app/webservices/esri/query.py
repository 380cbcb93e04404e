"""What a query asks for, and the features that it finds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from app.features.items_query import FilterText, Selection
from app.features.selection_cache import selected
from app.http import parameters
from app.http.fault_status import RequestError
from app.webservices.esri.layers import GeometryLayer
from zones.cql2.faults_and_limits import MOST_VALUES
from zones.crs.transform import CRS, geometry_authority_order, geometry_to_storage
from zones.esri.field_types import EsriField, EsriFields
from zones.esri.geometry_json import crs_of, read_geometry
from zones.esri.where import where_document
from zones.snapshot.collection import Collection
from zones.snapshot.object_ids import OBJECTID, object_ids
from zones.snapshot.sort_features import SortKey

Indices = NDArray[np.int64]

MOST_RECORDS: Final = 10_000
MOST_OF_TILES: Final = 50_000
LONGEST_FILTER: Final = 1_000_000
SHOWN: Final = 80

RELATIONS: Final[Mapping[str, str]] = {
    "esriSpatialRelIntersects": "s_intersects",
    # The geometry that is sent contains the feature, as ArcObjects has it, and the reverse.
    "esriSpatialRelContains": "s_within",
    "esriSpatialRelWithin": "s_contains",
    "esriSpatialRelCrosses": "s_crosses",
    "esriSpatialRelOverlaps": "s_overlaps",
    "esriSpatialRelTouches": "s_touches",
}
BY_BOXES: Final = ("esriSpatialRelEnvelopeIntersects", "esriSpatialRelIndexIntersects")
REFUSED: Final = (
    "time", "text", "having", "relationParam", "gdbVersion", "historicMoment", "sqlFormat",
    "quantizationParameters", "datumTransformation", "fullText", "uniqueIds", "callback",
)  # fmt: skip
_HARMLESS: Final = frozenset({"", "none", "standard", "0", "null"})


@dataclass(frozen=True, slots=True)
class EsriQuery:
    """A query of one layer; ``fields`` are the attributes that are asked for."""

    collection: Collection
    layer: GeometryLayer
    selection: Selection
    boxes: tuple[float, float, float, float] | None
    crs: CRS
    fields: tuple[EsriField, ...]
    offset: int
    count: int
    with_geometry: bool
    decimals: int | None
    tolerance: float


def esri_query(
    params: Mapping[str, str], collection: Collection, layer: GeometryLayer
) -> EsriQuery:
    """Return what the parameters ask for.

    Raises
    ------
    RequestError, WhereError, EsriGeometryError, UnknownCRSError
        What is wrong with one of them, also if it is of those that are not understood and would
        change what is found.
    """
    for name in REFUSED:
        if params.get(name, "").strip().lower() not in _HARMLESS:
            raise RequestError("esri-parameter", loc=("query", name), name=name)
    if parameters.number(params.get("distance") or "0", "distance"):
        raise RequestError("esri-parameter", loc=("query", "distance"), name="distance")
    fields = collection.derived(EsriFields)
    most = MOST_OF_TILES if params.get("resultType") == "tile" else MOST_RECORDS
    filter_, boxes = _filter(params, fields)
    return EsriQuery(
        collection=collection,
        layer=layer,
        selection=Selection(filter=filter_, order=_order(params, fields), nulls=False),
        boxes=boxes,
        crs=crs_of(params.get("outSR") or "4490"),
        fields=_fields(params.get("outFields", ""), fields),
        offset=_whole(params, "resultOffset", 0),
        count=min(_whole(params, "resultRecordCount", most), most),
        with_geometry=is_true(params.get("returnGeometry", "true")),
        decimals=_decimals(params),
        tolerance=parameters.number(params.get("maxAllowableOffset") or "0", "maxAllowableOffset"),
    )


def found_by(query: EsriQuery) -> Indices:
    """Return the positions of all features that the query finds, in the order asked for.

    Without any that is by OBJECTID, so that pages neither repeat nor leave out a feature.

    Raises
    ------
    FilterError, FilterTimeoutError
    """
    found = np.asarray(selected(query.collection, query.selection), np.int64)
    if query.layer.positions is not None:
        found = found[np.isin(found, query.layer.positions)]
    if query.boxes is not None:
        found = found[_boxes_meet(query.collection, query.boxes)[found]]
    if query.selection.order:
        return found
    numbers = query.collection.derived(object_ids)[found]
    ordered: Indices = found[np.argsort(numbers, kind="stable")]
    return ordered


def is_true(text: str) -> bool:
    """Return whether a parameter says yes."""
    return text.strip().lower() in {"true", "1"}


def _boxes_meet(collection: Collection, box: tuple[float, ...]) -> NDArray[np.bool_]:
    west, south, east, north = collection.bounds.T
    meets: NDArray[np.bool_] = (west <= box[2]) & (east >= box[0]) & (south <= box[3])
    meets &= north >= box[1]
    return meets


def _filter(
    params: Mapping[str, str], fields: EsriFields
) -> tuple[FilterText | None, tuple[float, float, float, float] | None]:
    conditions = [where_document(params.get("where", ""), fields), _ids(params)]
    crs, boxes = CRS.CRS84, None
    if params.get("geometry", "").strip():
        geometry, crs = _geometry(params)
        relation = params.get("spatialRel") or "esriSpatialRelIntersects"
        if relation in BY_BOXES:
            boxes = geometry_to_storage(np.array([geometry], object), crs)[0].bounds
        else:
            conditions.append(_related(geometry, relation, crs))
    present = [each for each in conditions if each is not None]
    if not present:
        return None, boxes
    document = present[0] if len(present) == 1 else {"op": "and", "args": present}
    text = json.dumps(document, ensure_ascii=False)
    return FilterText(text, "cql2-json", crs, LONGEST_FILTER), boxes


def _ids(params: Mapping[str, str]) -> dict[str, object] | None:
    text = params.get("objectIds", "").strip()
    if not text:
        return None
    numbers = [
        parameters.whole_number(each, "objectIds", low=0, high=2**31) for each in text.split(",")
    ]
    # A list of a filter is bounded; clients send as many numbers as a page has features.
    parts = [numbers[at : at + MOST_VALUES] for at in range(0, len(numbers), MOST_VALUES)]
    ways: list[dict[str, object]] = [
        {"op": "in", "args": [{"property": OBJECTID}, part]} for part in parts
    ]
    return ways[0] if len(ways) == 1 else {"op": "or", "args": ways}


def _geometry(params: Mapping[str, str]) -> tuple[BaseGeometry, CRS]:
    geometry, own = read_geometry(params["geometry"], params.get("geometryType", ""))
    named = params.get("inSR", "").strip()
    crs = own or crs_of(named or "4490")
    return geometry, CRS.CRS84 if crs.is_lonlat else crs


def _related(geometry: BaseGeometry, relation: str, crs: CRS) -> dict[str, object]:
    if relation not in RELATIONS:
        choices = ", ".join([*RELATIONS, *BY_BOXES])
        raise RequestError(
            "parameter-choice",
            loc=("query", "spatialRel"),
            name="spatialRel",
            given=relation[:SHOWN],
            choices=choices,
        )
    turned = geometry_authority_order(np.array([geometry], object), crs)[0]
    written = orjson.loads(shapely.to_geojson(turned))
    return {"op": RELATIONS[relation], "args": [{"property": "geometry"}, written]}


def _order(params: Mapping[str, str], fields: EsriFields) -> tuple[SortKey, ...]:
    parts = [each.split() for each in params.get("orderByFields", "").split(",") if each.strip()]
    keys = tuple(
        SortKey(field_named(words[0], fields, "orderByFields").name, words[-1].upper() == "DESC")
        for words in parts
    )
    # By OBJECTID features come anyway; downwards they do not.
    return () if len(keys) == 1 and keys[0] == SortKey(OBJECTID) else keys


def _fields(text: str, fields: EsriFields) -> tuple[EsriField, ...]:
    names = [each.strip() for each in text.split(",") if each.strip()]
    if "*" in names:
        return fields.fields
    chosen = [field_named(name, fields, "outFields") for name in names]
    return tuple(dict.fromkeys([fields.fields[0], *chosen]))


def field_named(name: str, fields: EsriFields, parameter: str) -> EsriField:
    """Return the field of a name.

    Raises
    ------
    RequestError
        ``property-unknown``.
    """
    found = fields.find(name.strip('"[] '))
    if found is None:
        known = ", ".join(fields.by_name)[:1000]
        raise RequestError(
            "property-unknown", loc=("query", parameter), name=name[:SHOWN], known=known
        )
    return found


def _whole(params: Mapping[str, str], name: str, default: int) -> int:
    text = params.get(name, "").strip()
    return parameters.whole_number(text, name, low=0, high=10**9) if text else default


def _decimals(params: Mapping[str, str]) -> int | None:
    text = params.get("geometryPrecision", "").strip()
    return parameters.whole_number(text, "geometryPrecision", low=0, high=15) if text else None
