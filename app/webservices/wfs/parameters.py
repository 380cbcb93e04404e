"""A request of WFS, as key-value pairs or as XML, in one form."""

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from starlette.datastructures import QueryParams

from app.http.fault_status import RequestError
from app.webservices.key_value_pairs import KeyValues, values_of
from zones.gml.safe_xml import local_name, text_of


@dataclass(frozen=True, slots=True)
class WFSRequest(KeyValues):
    """Parameters by their names in lower case, and the filter if it came as an element.

    ``typename`` and ``maxfeatures`` of version 1.1 stand under the names of version 2.0.
    """

    filter: Element | None = None
    xml: bool = False


_OTHER_NAMES: Final = {
    "typename": "typenames",
    "maxfeatures": "count",
    "featureid": "resourceid",
    "storedqueryid": "storedquery_id",
}


def from_query(query: QueryParams) -> WFSRequest:
    """Return the request of key-value pairs; names in any case (OGC 06-121r9, 11.5.2).

    Raises
    ------
    RequestError
        ``parameter-twice`` if a parameter is given twice with different values.
    """
    return WFSRequest(values_of(query.multi_items(), _OTHER_NAMES))


def from_xml(root: Element) -> WFSRequest:
    """Return the request that an element is.

    Raises
    ------
    RequestError
        ``wfs-one-query`` for several queries at once, or a query of several types.
    """
    queries = [each for each in root if local_name(each) == "Query"]
    if len(queries) > 1:
        raise RequestError("wfs-one-query", loc=("body",))
    query = queries[0] if queries else root
    stored = next((e for e in root if local_name(e) == "StoredQuery"), None)
    pairs = [("request", local_name(root)), *_attributes(root), *_attributes(query)]
    pairs += _listed(root, "TypeName", "typenames") + _listed(root, "AcceptVersions", "")
    pairs += _listed(query, "PropertyName", "propertyname") + _sorting(query)
    if stored is not None:
        pairs += _stored(stored)
    filter_ = next((e for e in query if local_name(e) == "Filter"), None)
    return WFSRequest(values_of(dict(pairs).items(), _OTHER_NAMES), filter_, xml=True)


def _attributes(element: Element) -> list[tuple[str, str]]:
    # A version is the service's; in XML every attribute has the name of the pair.
    return [(name.rpartition("}")[2], value) for name, value in element.attrib.items()]


def _listed(element: Element, name: str, parameter: str) -> list[tuple[str, str]]:
    if name == "AcceptVersions":
        versions = [text_of(v) for e in element if local_name(e) == name for v in e]
        return [("acceptversions", ",".join(versions))] if versions else []
    texts = [text_of(each) for each in element if local_name(each) == name]
    return [(parameter, ",".join(texts))] if texts else []


def _sorting(query: Element) -> list[tuple[str, str]]:
    parts = []
    for by in (each for each in query if local_name(each) == "SortBy"):
        for each in by:
            found = {local_name(e): text_of(e) for e in each}
            name = found.get("ValueReference") or found.get("PropertyName") or ""
            parts.append(f"{name} {found.get('SortOrder', 'ASC')}")
    return [("sortby", ",".join(parts))] if parts else []


def _stored(stored: Element) -> list[tuple[str, str]]:
    pairs = [("storedquery_id", stored.get("id", ""))]
    for each in stored:
        if local_name(each) == "Parameter":
            pairs.append((each.get("name", ""), text_of(each)))
    return pairs
