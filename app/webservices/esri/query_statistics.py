"""Statistics of a query: counts, sums, means, also by groups."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from app.http.fault_status import RequestError
from app.webservices.esri.query import SHOWN, EsriQuery, field_named
from zones.esri.field_types import EsriField, EsriFields
from zones.model import JSON
from zones.snapshot.object_ids import OBJECTID, object_ids

Indices = NDArray[np.int64]
JSONObject = dict[str, Any]
Numbers = Sequence[float]

_NUMERIC: Final = frozenset(
    {"esriFieldTypeOID", "esriFieldTypeDouble", "esriFieldTypeInteger", "esriFieldTypeSmallInteger"}
)
_OF_NUMBERS: Final[Mapping[str, Callable[[Numbers], float]]] = {
    "sum": math.fsum,
    "avg": statistics.fmean,
    "stddev": lambda values: statistics.stdev(values) if len(values) > 1 else 0.0,
    "var": lambda values: statistics.variance(values) if len(values) > 1 else 0.0,
}
_OF_ANY: Final[Mapping[str, Callable[[Sequence[Any]], Any]]] = {
    "count": len,
    "min": min,
    "max": max,
}


def statistics_of(query: EsriQuery, params: Mapping[str, str], found: Indices) -> JSONObject:
    """Return the statistics asked for in ``outStatistics``, a feature for each group.

    Raises
    ------
    RequestError
        ``esri-statistics`` for a definition that is none, or one of numbers on a field of texts.
    """
    fields = query.collection.derived(EsriFields)
    definitions = _definitions(params["outStatistics"], fields)
    groups = _groups(params.get("groupByFieldsForStatistics", ""), query, found, fields)
    features = [
        {
            "attributes": {
                **key,
                **{name: _value(query, kind, field, rows) for kind, field, name in definitions},
            }
        }
        for key, rows in groups
    ]
    names = [name for _, _, name in definitions]
    described = [{"name": name, "type": "esriFieldTypeDouble", "alias": name} for name in names]
    keys = [fields.by_name[name].as_json() for name in (groups[0][0] if groups else {})]
    return {"fields": [*keys, *described], "features": features}


def _definitions(text: str, fields: EsriFields) -> list[tuple[str, EsriField, str]]:
    try:
        definition = orjson.loads(text)
    except orjson.JSONDecodeError:
        definition = None
    if not isinstance(definition, list) or not all(isinstance(each, dict) for each in definition):
        raise RequestError("esri-statistics", loc=("query", "outStatistics"), given=text[:SHOWN])
    return [_definition(each, fields) for each in definition]


def _definition(definition: Mapping[str, Any], fields: EsriFields) -> tuple[str, EsriField, str]:
    kind = str(definition.get("statisticType", "")).lower()
    name = str(definition.get("onStatisticField", ""))
    field = fields.fields[0] if name in {"*", "1"} else field_named(name, fields, "outStatistics")
    is_fine = kind in _OF_ANY or (kind in _OF_NUMBERS and field.type in _NUMERIC)
    if not is_fine:
        raise RequestError(
            "esri-statistics", loc=("query", "outStatistics"), given=f"{kind}({name})"[:SHOWN]
        )
    return kind, field, str(definition.get("outStatisticFieldName") or f"{kind}_{field.name}")


def _groups(
    text: str, query: EsriQuery, found: Indices, fields: EsriFields
) -> list[tuple[JSONObject, list[int]]]:
    names = [each for each in text.split(",") if each.strip()]
    keys = [field_named(each, fields, "groupByFieldsForStatistics") for each in names]
    groups: dict[tuple[JSON, ...], list[int]] = {} if keys else {(): []}
    for i in found.tolist():
        groups.setdefault(tuple(_attribute(query, field, i) for field in keys), []).append(i)
    return [
        ({field.name: value for field, value in zip(keys, key, strict=True)}, rows)
        for key, rows in groups.items()
    ]


def _attribute(query: EsriQuery, field: EsriField, index: int) -> JSON:
    if field.name == OBJECTID:
        return int(query.collection.derived(object_ids)[index])
    return field.value(query.collection.properties[index].get(field.name))


def _value(query: EsriQuery, kind: str, field: EsriField, rows: list[int]) -> JSON:
    values: list[Any] = [_attribute(query, field, i) for i in rows]
    values = [each for each in values if each is not None]
    if kind == "count":
        return len(values)
    if not values:
        return None
    computed: JSON = (_OF_ANY.get(kind) or _OF_NUMBERS[kind])(values)
    return computed
