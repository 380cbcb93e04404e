"""Each collection's own paths in the OpenAPI document, with a parameter for each queryable.

Programs learn from them which properties they may ask for: GDAL hands a filter over to the server
when it finds the parameters of the collection's path.
"""

from copy import deepcopy
from typing import Any, Final

from zones.cql2 import Queryable, is_plain_name, queryables
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

JSONObject = dict[str, Any]

ITEMS: Final = "/collections/{collection_id}/items"


def collection_paths(paths: JSONObject, snapshot: Snapshot) -> JSONObject:
    """Return a path for the items of each collection, made from that of any collection.

    Parameters
    ----------
    paths
        Of the document, with the operations on ``ITEMS``.
    """
    return {
        ITEMS.format(collection_id=id_): _operations(paths[ITEMS], collection)
        for id_, collection in snapshot.collections.items()
    }


def _operations(template: JSONObject, collection: Collection) -> JSONObject:
    operations: JSONObject = {}
    for method, general in template.items():
        operation = deepcopy(general)
        known = [each for each in operation.get("parameters", []) if each["in"] != "path"]
        names = {each["name"] for each in known}
        own = _own_parameters(collection, names) if method == "get" else []
        operation["parameters"] = [*known, *own]
        operation["operationId"] = f"{general['operationId']}_{collection.info.id}"
        operation["summary"] = f"{collection.info.title} / {collection.info.title_en}"
        operations[method] = operation
    return operations


def _own_parameters(collection: Collection, known: set[str]) -> list[JSONObject]:
    """Return the queryables that programs may hand to the server as parameters of their own.

    GDAL hands what the document lists, and alters it on its way: of timestamps it drops fractions
    and offsets, and names it writes without quotes. Such it filters itself when they are left
    out here; the server takes them all the same, and the queryables name them.
    """
    return [
        _parameter(each)
        for each in queryables(collection)
        if each.is_simple and each.name not in known and _is_handed_on_whole(each)
    ]


def _is_handed_on_whole(queryable: Queryable) -> bool:
    return queryable.format != "date-time" and is_plain_name(queryable.name)


def _parameter(queryable: Queryable) -> JSONObject:
    return {
        "name": queryable.name,
        "in": "query",
        "required": False,
        "description": f"{queryable.title} / {queryable.title_en}",
        "schema": {"type": queryable.type},
    }
