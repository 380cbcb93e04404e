"""Each collection's own paths in the OpenAPI document, with a parameter for each queryable.

Programs learn from them which properties they may ask for: GDAL hands a filter over to the server
when it finds the parameters of the collection's path.
"""

from copy import deepcopy
from typing import Any, Final

from zones.collection import Collection
from zones.filters import Queryable, queryables
from zones.snapshot import Snapshot

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
    return [
        _parameter(each)
        for each in queryables(collection)
        if each.is_simple and each.name not in known
    ]


def _parameter(queryable: Queryable) -> JSONObject:
    return {
        "name": queryable.name,
        "in": "query",
        "required": False,
        "description": f"{queryable.title} / {queryable.title_en}",
        "schema": {"type": queryable.type},
    }
