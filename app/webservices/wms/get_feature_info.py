"""Answers to GetFeatureInfo: a page, plain text, GeoJSON, GML."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

import orjson
from starlette.responses import Response

from app.features.html_table import cell
from app.http.fault_status import RequestError
from app.http.responses import JSON_TYPE, data_response
from app.map_images.layer_list import title_of
from app.pages.frame import TEMPLATES
from app.webservices.key_value_pairs import SHOWN
from app.webservices.wfs.answers import collection_tags
from app.webservices.wfs.versions import V1
from app.webservices.wms.features_under_pixel import Hits
from app.webservices.wms.versions import WMSVersion
from zones.cql2.queryables_schema import described
from zones.crs.transform import CRS
from zones.gml.property_types import FeatureType
from zones.gml.srs_names_and_axes import srs_of, urn_of
from zones.gml.write_features import feature_members
from zones.messages import Lang, say
from zones.properties.feature_name import feature_name
from zones.properties.titles_and_codes import FieldWords

INFO_FORMATS: Final[dict[str, str]] = {
    "text/html": "html",
    "application/json": "json",
    "application/geo+json": "json",
    "application/vnd.ogc.gml": "gml",
    "text/plain": "text",
}
"""As the capabilities list them, the likeliest first."""
_OTHER_NAMES: Final = {
    "text/xml": "gml",
    "text/xml;subtype=gml/3.1.1": "gml",
    "application/vnd.ogc.gml/3.1.1": "gml",
    "application/vnd.ogc.wms_xml": "gml",
    "application/gml+xml;version=3.1": "gml",
    "application/geojson": "json",
    "json": "json",
    "html": "html",
}
_LONGEST_VALUE: Final = 2_000


def info_form(text: str) -> str:
    """Return the form of an answer.

    Raises
    ------
    RequestError
        ``wms-info-format``.
    """
    name = text.strip().lower()
    form = INFO_FORMATS.get(name) or _OTHER_NAMES.get(name.replace(" ", ""))
    if form is None:
        loc = ("query", "INFO_FORMAT")
        known = ", ".join(INFO_FORMATS)
        raise RequestError("wms-info-format", loc=loc, given=text[:SHOWN], known=known)
    return form


def info_answer(
    found: Sequence[Hits],
    form: str,
    crs: CRS,
    version: WMSVersion,
    *,
    revision: int,
    address: str,
    lang: Lang,
) -> Response:
    """Return what is told of the features.

    Parameters
    ----------
    address
        Of WFS, which has the schema of GML.
    """
    if form == "json":
        return data_response(_geojson(found, crs), revision, media_type=JSON_TYPE)
    if form == "gml":
        return data_response(
            _gml(found, crs, version, address), revision, media_type="application/vnd.ogc.gml"
        )
    features = [
        _feature_info(each, position, lang) for each in found for position in each.positions
    ]
    if form == "text":
        text = _text(features, lang)
        return data_response(text.encode(), revision, media_type="text/plain; charset=utf-8")
    page = TEMPLATES.get_template("wms/info.html").render(
        features=features, lang=lang, nothing=say("wms-info-nothing", lang).message
    )
    return data_response(page.encode(), revision, media_type="text/html; charset=utf-8")


def _feature_info(hits: Hits, position: int, lang: Lang) -> dict[str, Any]:
    """Return a feature as people read it: its collection, its name, its properties by title."""
    collection = hits.collection
    properties = collection.properties[position]
    words = FieldWords(collection.info)
    rows = []
    for each in described(collection):
        value = properties.get(each.name)
        if each.type is None or each.role == "id" or value is None:
            continue
        meaning = words.text(each.name, value)
        text = cell(value, lang, longest=_LONGEST_VALUE)
        title = words.title(each.name) or each.title or each.name
        rows.append((title, f"{text} · {meaning}" if meaning else text))
    return {
        "layer": title_of(collection.info, lang),
        "fid": collection.fids[position],
        "name": feature_name(properties, collection.info.title_field) or "",
        "rows": rows,
    }


def _text(features: Sequence[dict[str, Any]], lang: Lang) -> str:
    if not features:
        return say("wms-info-nothing", lang).message + "\n"
    parts: Iterator[str] = chain.from_iterable(
        (
            f"{each['layer']}: {each['name'] or each['fid']} ({each['fid']})",
            *(f"  {title} = {value}" for title, value in each["rows"]),
            "",
        )
        for each in features
    )
    return "\n".join(parts)


def _geojson(found: Sequence[Hits], crs: CRS) -> bytes:
    """Return GeoJSON, the east first, in the system that was asked in."""
    plain = CRS.CRS84 if crs.is_lonlat else crs
    features = []
    for each in found:
        geometries = each.collection.published(each.positions, plain)
        for position, geometry in zip(each.positions, geometries, strict=True):
            features.append(_feature(each, position, geometry))
    document: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    document["crs"] = {"type": "name", "properties": {"name": urn_of(plain)}}
    return orjson.dumps(document)


def _feature(hits: Hits, position: int, geometry: Any) -> dict[str, Any]:
    import shapely

    collection = hits.collection
    text = "null" if geometry is None else shapely.to_geojson(geometry)
    return {
        "type": "Feature",
        "id": f"{collection.info.id}.{collection.fids[position]}",
        "geometry": orjson.Fragment(text),
        "properties": dict(collection.properties[position]),
    }


def _gml(found: Sequence[Hits], crs: CRS, version: WMSVersion, address: str) -> bytes:
    name = urn_of(crs) if version.has_authority_order or crs is CRS.CRS84 else crs.key
    srs = srs_of(name)
    members = [
        member
        for each in found
        for member in feature_members(
            each.collection,
            each.positions,
            srs=srs,
            version="3.1",
            member=b"<gml:featureMember>%b</gml:featureMember>\n",
        )
    ]
    kinds = ",".join(dict.fromkeys(each.collection.derived(FeatureType).name for each in found))
    counts = f'numberOfFeatures="{len(members)}"'
    begin, end = collection_tags("FeatureCollection", counts, kinds, (V1, V1), address)
    return b"".join([begin, *members, end])
