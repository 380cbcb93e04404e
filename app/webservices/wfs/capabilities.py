"""What the service can do: capabilities, types of features, stored queries."""

from typing import Any, Final

from app.pages.frame import TEMPLATES
from app.service_title import ABOUT, ABOUT_EN, TITLE, TITLE_EN
from app.webservices.wfs.answers import OFFERED
from app.webservices.wfs.parameters import WFSRequest
from app.webservices.wfs.query import DEFAULT_COUNT, collection_named
from app.webservices.wfs.versions import V1, V2, WFSVersion
from zones.fes.filter_to_cql2 import COMPARISONS, SPATIAL, TEMPORAL
from zones.gml.property_types import FeatureType
from zones.gml.srs_names_and_axes import DEFAULT, urn_of
from zones.gml.srs_names_and_axes import OFFERED as SYSTEMS
from zones.gml.write_geometry import NAMESPACES
from zones.gml.xml_names import NAMESPACE, PREFIX
from zones.gml.xml_schema import schema_document
from zones.messages import Lang
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

BY_ID: Final = "urn:ogc:def:query:OGC-WFS::GetFeatureById"
_SCHEMA_FORMATS: Final = {
    "application/gml+xml;version=3.2": V2,
    "text/xml;subtype=gml/3.2": V2,
    "text/xml;subtype=gml/3.1.1": V1,
    "xmlschema": None,
}


def capabilities_document(
    snapshot: Snapshot, version: WFSVersion, *, address: str, lang: Lang
) -> str:
    """Return the capabilities, with a type of features for each collection."""
    template = "capabilities_2_0.xml" if version.is_2 else "capabilities_1_1.xml"
    return _rendered(
        template,
        version=version,
        address=address,
        lang=lang,
        title=TITLE_EN if lang == "en" else TITLE,
        about=ABOUT_EN if lang == "en" else ABOUT,
        types=[_described(each, lang) for each in snapshot.collections.values()],
        systems=[urn_of(crs) for crs in SYSTEMS if crs is not DEFAULT],
        default_system=urn_of(DEFAULT),
        formats=[version.gml_type, (V1 if version.is_2 else V2).gml_type, *OFFERED],
        comparisons=COMPARISONS,
        spatial=SPATIAL,
        temporal=TEMPORAL,
        count=DEFAULT_COUNT,
        revision=snapshot.revision,
    )


def schema_of(request: WFSRequest, snapshot: Snapshot, version: WFSVersion) -> str:
    """Return the schema of the types that are named, of all by default."""
    named = request.get("typenames")
    names = [] if named is None else [n for n in named.replace(" ", ",").split(",") if n]
    found = [collection_named(each, snapshot) for each in names]
    collections = found or [*snapshot.collections.values()]
    requested = (request.get("outputformat") or "").lower().replace(" ", "")
    form = _SCHEMA_FORMATS.get(requested) or version
    return schema_document((each.derived(FeatureType) for each in collections), form.gml)


def stored_queries(snapshot: Snapshot, *, described: bool, lang: Lang) -> str:
    """Return the stored queries there are, which is GetFeatureById alone."""
    types = [each.derived(FeatureType).name for each in snapshot.collections.values()]
    template = "stored_described.xml" if described else "stored_listed.xml"
    return _rendered(template, types=types, id=BY_ID, lang=lang)


def _described(collection: Collection, lang: Lang) -> dict[str, Any]:
    info = collection.info
    english = lang == "en"
    return {
        "name": collection.derived(FeatureType).name,
        "title": (english and info.title_en) or info.title or info.id,
        "about": (english and info.description_en) or info.description or "",
        "extent": collection.extent,
    }


def _rendered(template: str, **values: Any) -> str:
    names = {"prefix": PREFIX, "namespace": NAMESPACE, "gml": NAMESPACES}
    return TEMPLATES.get_template(f"wfs/{template}").render(**names, **values)
