"""What a request asks for: which features of which collection, in which system, which page."""

import json
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from app.features.items_query import FilterText, Selection
from app.http import parameters
from app.http.fault_status import RequestError
from app.http.parameters import AskedBox
from app.webservices.key_value_pairs import SHOWN
from app.webservices.wfs.parameters import WFSRequest
from zones.crs.transform import CRS
from zones.errors import UnknownCollectionError
from zones.fes.comparison_values import last_step
from zones.fes.filter_to_cql2 import IDS, filter_document
from zones.gml.property_types import FeatureType, GMLProperty
from zones.gml.safe_xml import local_name, parse_xml
from zones.gml.srs_names_and_axes import default_srs, srs_of
from zones.gml.write_features import SRS
from zones.gml.xml_names import fid_of
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.snapshot.sort_features import SortKey

DEFAULT_COUNT: Final = 10_000
"""Features of an answer to those who name no number; GDAL asks for pages of it."""
HIGHEST_COUNT: Final = 100_000
HIGHEST_START: Final = 10**9
LONGEST_FILTER: Final = 200_000
_LATITUDES: Final = 90.0
_BOX: Final = 4


@dataclass(frozen=True, slots=True)
class FeatureQuery:
    """A page of features of one collection.

    ``fields`` None stands for all properties; ``hits`` asks for their number alone.
    """

    collection: Collection
    selection: Selection
    srs: SRS
    start: int
    count: int
    fields: tuple[GMLProperty, ...] | None
    hits: bool


def feature_query(request: WFSRequest, snapshot: Snapshot) -> FeatureQuery:
    """Return what a GetFeature or GetPropertyValue asks for.

    Raises
    ------
    RequestError, UnknownCollectionError, UnknownCRSError, FESError, GMLError, XMLError
        What is wrong with a parameter, the place being its name.
    """
    collection = collection_of(request, snapshot)
    srs = answer_srs(request)
    return FeatureQuery(
        collection=collection,
        selection=_selection(request, collection, srs),
        srs=srs,
        start=_number(request, "startindex", 0, high=HIGHEST_START),
        count=min(_number(request, "count", DEFAULT_COUNT, high=HIGHEST_START), HIGHEST_COUNT),
        fields=_fields(request.get("propertyname"), collection),
        hits=(request.get("resulttype") or "results").lower() == "hits",
    )


def answer_srs(request: WFSRequest) -> SRS:
    """Return the system to answer in.

    Raises
    ------
    UnknownCRSError
    """
    named = request.get("srsname")
    return default_srs() if named is None else srs_of(named)


def collection_of(request: WFSRequest, snapshot: Snapshot) -> Collection:
    """Return the collection that a request names, by its type or by the id of a feature."""
    named, ids = request.get("typenames"), request.get("resourceid")
    if named is None and ids is not None:
        return collection_of_feature(ids.split(",")[0], snapshot)
    return collection_named(request.required("typeNames") if named is None else named, snapshot)


def collection_named(name: str, snapshot: Snapshot) -> Collection:
    """Return the collection whose type has a name, with or without prefix.

    Raises
    ------
    RequestError
        ``wfs-one-query`` for several types.
    UnknownCollectionError
    """
    names = [last_step(each) for each in name.strip("() ").replace(" ", ",").split(",") if each]
    if len(names) > 1:
        raise RequestError("wfs-one-query", loc=("query", "typeNames"))
    for each in snapshot.collections.values():
        if names and each.derived(FeatureType).name == names[0]:
            return each
    known = ", ".join(each.derived(FeatureType).name for each in snapshot.collections.values())
    loc = ("query", "typeNames")
    raise UnknownCollectionError("wfs-type-unknown", loc=loc, name=name[:SHOWN], known=known[:1000])


def collection_of_feature(resource_id: str, snapshot: Snapshot) -> Collection:
    """Return the collection that has a feature of that resource id.

    Raises
    ------
    RequestError
        ``wfs-id`` if none has.
    """
    for each in snapshot.collections.values():
        fid = fid_of(each.info.id, resource_id)
        if fid is not None and fid in each:
            return each
    raise RequestError("wfs-id", loc=("query", "resourceId"), given=resource_id[:SHOWN])


def _selection(request: WFSRequest, collection: Collection, srs: SRS) -> Selection:
    filter_ = _filter(request, collection, srs)
    ids = request.get("resourceid")
    ways = [name for name, value in (("filter", filter_), ("resourceId", ids)) if value]
    if request.get("bbox"):
        ways.append("bbox")
    if len(ways) > 1:  # the standard has it so, and clients that send two drop one
        raise RequestError("wfs-exclusive", loc=("query", ways[0]), names=", ".join(ways))
    return Selection(
        box=_box(request.get("bbox")),
        filter=filter_ or (None if ids is None else _by_ids(ids, collection)),
        order=_order(request.get("sortby"), collection),
        nulls=False,
    )


def _filter(request: WFSRequest, collection: Collection, srs: SRS) -> FilterText | None:
    if (text := request.get("cql_filter")) is not None:
        return FilterText(text, "cql2-text", CRS.CRS84)
    element = request.filter if request.filter is not None else _sent_filter(request)
    return None if element is None else _filter_text(element, collection, srs)


def _sent_filter(request: WFSRequest) -> Element | None:
    # OWSLib sends its filter as ``query``.
    for name in ("filter", "query"):
        if (text := request.get(name)) is not None:
            root = parse_xml(text.encode())
            return root if local_name(root) == "Filter" else _within(root)
    return None


def _within(root: Element) -> Element:
    return next((each for each in root.iter() if local_name(each) == "Filter"), root)


def _filter_text(element: Element, collection: Collection, srs: SRS | None = None) -> FilterText:
    unnamed = tuple(dict.fromkeys([srs or default_srs(), default_srs()]))
    document, crs = filter_document(element, collection, unnamed=unnamed)
    return FilterText(json.dumps(document, ensure_ascii=False), "cql2-json", crs, LONGEST_FILTER)


def _by_ids(ids: str, collection: Collection) -> FilterText:
    root = Element("Filter")
    for each in ids.split(","):
        root.append(Element("ResourceId", {IDS["ResourceId"]: each.strip()}))
    return _filter_text(root, collection)


def _box(text: str | None) -> AskedBox | None:
    """Return the box of ``bbox``: four numbers, and possibly the system they are in."""
    if text is None:
        return None
    parts = text.split(",")
    srs = srs_of(",".join(parts[_BOX:])) if len(parts) > _BOX else default_srs()
    numbers = ",".join(parts[:_BOX])
    _check_axes(parts[:_BOX], srs)
    return parameters.bbox(numbers, srs.crs, authority_order=srs.is_authority_order)


def _check_axes(parts: list[str], srs: SRS) -> None:
    """Refuse a box of degrees that makes sense only the other way round.

    Raises
    ------
    RequestError
        ``wfs-axes``, where an answer with nothing in it would say nothing.
    """
    if not srs.crs.is_geographic or len(parts) != _BOX:
        return
    first = [parameters.number(part, "bbox") for part in parts]
    latitudes = (
        first[0::2] if srs.is_authority_order and srs.crs.axis_order == "yx" else first[1::2]
    )
    if max(map(abs, latitudes)) > _LATITUDES:
        swapped = f"EPSG:{srs.crs.key[5:]}" if srs.is_authority_order else srs.name
        raise RequestError("wfs-axes", loc=("query", "bbox"), srs=srs.name, other=swapped)


def _order(text: str | None, collection: Collection) -> tuple[SortKey, ...]:
    if text is None:
        return ()
    keys = []
    for part in text.split(","):
        name, _, direction = part.strip().partition(" ")
        field = _field(name, collection, "sortBy")
        keys.append(SortKey(field.name, direction.strip().upper() in {"D", "DESC"}))
    return tuple(keys)


def _fields(text: str | None, collection: Collection) -> tuple[GMLProperty, ...] | None:
    if text is None or text.strip() in {"*", "(*)"}:
        return None
    kind = collection.derived(FeatureType)
    names = [each for each in text.strip("() ").split(",") if each.strip()]
    chosen = [n for n in names if last_step(n) not in {kind.geometry_element, "*", "boundedBy"}]
    return tuple(_field(name, collection, "propertyName") for name in chosen)


def _field(name: str, collection: Collection, parameter: str) -> GMLProperty:
    kind = collection.derived(FeatureType)
    found = kind.by_element.get(last_step(name))
    if found is None:
        known = ", ".join(kind.by_element)[:1000]
        raise RequestError(
            "property-unknown", loc=("query", parameter), name=name[:SHOWN], known=known
        )
    return found


def _number(request: WFSRequest, name: str, default: int, *, high: int) -> int:
    text = request.get(name)
    return default if text is None else parameters.whole_number(text, name, low=0, high=high)
