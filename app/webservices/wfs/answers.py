"""Answers of WFS: features in GML or other forms, values, schemas."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final
from urllib.parse import urlencode

import orjson
from starlette.responses import Response, StreamingResponse

from app.features.export_response import blocks_of, disposition, exported_file, media_type
from app.features.items_as_files import features_with_only
from app.features.items_as_geojson import ItemsPage, features_of
from app.features.items_query import ItemsQuery
from app.features.selection_cache import selected
from app.http.fault_status import RequestError
from app.http.responses import GEOJSON_TYPE, REVALIDATE, data_response
from app.webservices.key_value_pairs import SHOWN
from app.webservices.wfs.parameters import WFSRequest
from app.webservices.wfs.query import FeatureQuery
from app.webservices.wfs.versions import V1, V2, WFSVersion
from zones.crs.transform import CRS
from zones.export.export_options import export_options
from zones.gml.property_types import FeatureType, GMLProperty
from zones.gml.write_features import SRS, feature_members, property_element
from zones.gml.write_geometry import NAMESPACES
from zones.gml.xml_names import NAMESPACE, PREFIX, feature_id
from zones.snapshot.collection import Collection

XML_TYPE: Final = "application/xml"
HEAD: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'
MEMBER: Final = b"<wfs:member>%b</wfs:member>\n"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

GML_FORMATS: Final[dict[str, WFSVersion]] = {
    "application/gml+xml;version=3.2": V2,
    "text/xml;subtype=gml/3.2": V2,
    "text/xml;subtype=gml/3.2.1": V2,
    "gml32": V2,
    "text/xml;subtype=gml/3.1.1": V1,
    "gml3": V1,
    "gml31": V1,
}
JSON_FORMATS: Final = frozenset(
    {"application/json", "json", "geojson", "application/geo+json", "application/vnd.geo+json"}
)
FILE_FORMATS: Final = {
    "csv": "csv",
    "text/csv": "csv",
    "shape-zip": "shp",
    "shapezip": "shp",
    "application/zip": "shp",
    "application/geopackage+sqlite3": "gpkg",
    "gpkg": "gpkg",
}
OFFERED: Final = ("application/json", "csv", "SHAPE-ZIP", "gpkg")
"""Besides GML, as the capabilities list them."""

Page = tuple[Sequence[int], int]


def page_of(query: FeatureQuery) -> Page:
    """Return the positions of a page's features, and how many there are on all pages."""
    found = selected(query.collection, query.selection)
    positions = found[query.start : query.start + query.count]
    return positions if isinstance(positions, range) else positions.tolist(), len(found)


def features_answer(
    query: FeatureQuery, request: WFSRequest, version: WFSVersion, *, revision: int, address: str
) -> Response:
    """Return the features in the form that is asked for.

    Raises
    ------
    RequestError
        ``wfs-format``, or ``wfs-json-axes`` for GeoJSON in an order of axes that it does not have.
    """
    requested = (request.get("outputformat") or "").lower().replace(" ", "")
    if requested in JSON_FORMATS:
        return _as_json(query, request, revision)
    if requested in FILE_FORMATS:
        return _as_file(query, FILE_FORMATS[requested], revision)
    form = (
        version if requested in {"", "text/xml", "application/xml"} else GML_FORMATS.get(requested)
    )
    if form is None:
        known = ", ".join([version.gml_type, *OFFERED])
        loc = ("query", "outputFormat")
        raise RequestError("wfs-format", loc=loc, given=requested[:SHOWN], known=known)
    return _as_gml(query, request, version, form, revision=revision, address=address)


def _as_gml(
    query: FeatureQuery,
    request: WFSRequest,
    version: WFSVersion,
    form: WFSVersion,
    *,
    revision: int,
    address: str,
) -> Response:
    positions, matched = page_of(query)
    if query.hits:
        positions = ()
    members = feature_members(
        query.collection,
        positions,
        srs=query.srs,
        version=form.gml,
        fields=query.fields,
        member=MEMBER if version.is_2 else b"%b",
    )
    counts = _counts(matched, len(members), version)
    if version.is_2:
        counts += _neighbours(query, request, matched, revision, address)
    type_name = query.collection.derived(FeatureType).name
    begin, end = collection_tags("FeatureCollection", counts, type_name, (version, form), address)
    return data_response(
        [begin, *_listed(members, version), end], revision, media_type=form.gml_type
    )


def _listed(members: list[bytes], version: WFSVersion) -> list[bytes]:
    if version.is_2 or not members:
        return members
    return [b"<gml:featureMembers>", *members, b"</gml:featureMembers>\n"]


def _counts(matched: int, returned: int, version: WFSVersion) -> str:
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if version.is_2:
        return f'timeStamp="{now}" numberMatched="{matched}" numberReturned="{returned}"'
    # 1.1 has one number: of what is in the answer, or of all where only that is asked for.
    return f'timeStamp="{now}" numberOfFeatures="{returned or matched}"'


def _neighbours(
    query: FeatureQuery, request: WFSRequest, matched: int, revision: int, address: str
) -> str:
    """Return the links to the pages beside, of this revision: no feature is missed or comes twice.

    Requests that came as XML have none.
    """
    if request.xml:
        return ""
    found = ""
    link = partial(_page_link, request, revision, address)
    if query.start > 0:
        found += f' previous="{link(max(0, query.start - query.count))}"'
    if not query.hits and query.count and query.start + query.count < matched:
        found += f' next="{link(query.start + query.count)}"'
    return found


def _page_link(request: WFSRequest, revision: int, address: str, start: int) -> str:
    requested = {**request.values, "startindex": str(start), "revision": str(revision)}
    return f"{address}?{urlencode(requested)}".replace("&", "&amp;")


def collection_tags(
    name: str, attributes: str, type_name: str, forms: tuple[WFSVersion, WFSVersion], address: str
) -> tuple[bytes, bytes]:
    """Return the first and the last tag of a document of features or values.

    Parameters
    ----------
    forms
        The version of the service, and that whose GML is written.
    """
    version, form = forms
    requested = {
        "service": "WFS",
        "version": version.number,
        "request": "DescribeFeatureType",
        ("typeNames" if version.is_2 else "typeName"): f"{PREFIX}:{type_name}",
    }
    schema = f"{address}?{urlencode(requested)}".replace("&", "&amp;")
    places = f"{NAMESPACE} {schema} {version.namespace} {version.schema}"
    begin = (
        f'<wfs:{name} xmlns:wfs="{version.namespace}" xmlns:gml="{NAMESPACES[form.gml]}"'
        f' xmlns:{PREFIX}="{NAMESPACE}" xmlns:xsi="{XSI}" xsi:schemaLocation="{places}"'
        f" {attributes}>\n"
    )
    return HEAD + begin.encode(), f"</wfs:{name}>\n".encode()


def one_feature(
    collection: Collection, index: int, srs: SRS, version: WFSVersion, revision: int
) -> Response:
    """Return a feature as the whole document, as GetFeatureById has it."""
    (member,) = feature_members(collection, [index], srs=srs, version=version.gml)
    spaces = f' xmlns:gml="{NAMESPACES[version.gml]}" xmlns:{PREFIX}="{NAMESPACE}"'.encode()
    name = f"<{PREFIX}:{collection.derived(FeatureType).name}".encode()
    body = HEAD + member.replace(name, name + spaces, 1)
    return data_response(body, revision, media_type=version.gml_type)


def values_answer(
    query: FeatureQuery, request: WFSRequest, version: WFSVersion, *, revision: int, address: str
) -> Response:
    """Return the values of one property, each as its element.

    Raises
    ------
    RequestError
        ``property-unknown``.
    """
    name = request.required("valueReference")
    positions, matched = page_of(query)
    found = map(_value_of(name, query), () if query.hits else positions)
    values = [MEMBER % value for value in found if value]
    counts = _counts(matched, len(values), version)
    counts += _neighbours(query, request, matched, revision, address)
    kind = query.collection.derived(FeatureType)
    begin, end = collection_tags("ValueCollection", counts, kind.name, (version, version), address)
    return data_response([begin, *values, end], revision, media_type=version.gml_type)


def _value_of(name: str, query: FeatureQuery) -> Callable[[int], bytes]:
    collection, last = query.collection, name.rpartition("/")[2].rpartition(":")[2].strip("@")
    kind = collection.derived(FeatureType)
    if last == "id" and "id" not in kind.by_element:
        return lambda i: feature_id(collection.info.id, collection.fids[i]).encode()
    field = kind.by_element.get(last)
    if field is None:
        known = ", ".join(kind.by_element)[:1000]
        loc = ("query", "valueReference")
        raise RequestError("property-unknown", loc=loc, name=name[:SHOWN], known=known)
    return partial(_property_at, collection, field)


def _property_at(collection: Collection, field: GMLProperty, index: int) -> bytes:
    return property_element(field, collection.properties[index].get(field.name))


def _as_json(query: FeatureQuery, request: WFSRequest, revision: int) -> Response:
    """Return GeoJSON, in which the east comes first.

    A client that asks by a URN wants the order of the authority, and turns round what it gets:
    GDAL's WFS driver does so with GeoJSON, and would put the district into Siberia.
    """
    crs = CRS.CRS84
    if request.get("srsname") is not None:
        srs = query.srs
        if srs.crs.axis_order == "yx" and (srs.is_authority_order or not srs.crs.is_lonlat):
            raise RequestError("wfs-json-axes", loc=("query", "srsName"), srs=srs.name)
        crs = CRS.CRS84 if srs.crs.is_lonlat else srs.crs
    positions, matched = page_of(query)
    features = [] if query.hits else features_of(query.collection, *_items(query, positions, crs))
    head = {"type": "FeatureCollection", "numberMatched": matched, "numberReturned": len(features)}
    if crs is not CRS.CRS84:
        head["crs"] = {
            "type": "name",
            "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs.key[5:]}"},
        }
    begin = orjson.dumps(head)[:-1] + b',"features":['
    rest = (part for feature in features[1:] for part in (b",", feature))
    return data_response([begin, *features[:1], *rest, b"]}"], revision, media_type=GEOJSON_TYPE)


def _as_file(query: FeatureQuery, form: str, revision: int) -> Response:
    positions, _ = page_of(query)
    collection = query.collection
    _, items = _items(query, positions, query.srs.crs)
    features = features_with_only(collection, positions, items)
    options = export_options(form, crs=query.srs.crs)
    file, size = exported_file(collection.info, features, options)
    headers = {
        "ETag": f'"r{revision}-{form}"',
        "X-Revision": str(revision),
        "Cache-Control": REVALIDATE,
        "Content-Length": str(size),
        "Content-Disposition": disposition(collection.info, revision, options),
    }
    return StreamingResponse(blocks_of(file), headers=headers, media_type=media_type(options))


def _items(query: FeatureQuery, positions: Sequence[int], crs: CRS) -> tuple[ItemsPage, ItemsQuery]:
    """Return the page as that of a collection's items."""
    names = None if query.fields is None else frozenset(each.name for each in query.fields)
    items = ItemsQuery(query.selection, crs, query.count, query.start, names)
    return ItemsPage(positions, len(positions), query.count, query.start), items
