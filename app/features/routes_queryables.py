"""What may be asked of a collection's features, and how they look, as JSON Schema."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import CollectionId, LangDep, LinksDep, SnapshotDep, text_of
from app.features.html_ogc_documents import properties_page
from app.http.negotiation import requested_form
from app.http.responses import SCHEMA_TYPE, json_response
from app.http.route_classes import StrictRoute
from app.openapi.described_answers import answers
from zones.cql2 import feature_schema, queryables_schema
from zones.cql2 import queryables as queryables_of
from zones.cql2.queryables_schema import described

router = APIRouter(route_class=StrictRoute, tags=["OGC API"])

Form = Annotated[
    str | None,
    Query(alias="f", description="格式 / form"),
    text_of("string", enum=["json", "html"]),
]


@router.get(
    "/collections/{collection_id}/queryables",
    name="queryables",
    summary="可查询的属性 / What may be asked",
    responses=answers(SCHEMA_TYPE),
)
def queryables(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
    f: Form = None,
) -> Response:
    """Return the properties that filters and parameters may ask for."""
    if requested_form(request, ("json", "html")) == "html":
        collection = snapshot.collection(collection_id)
        return properties_page(
            request, snapshot, collection, queryables_of(collection), what="queryables", lang=lang
        )
    here = links.to("queryables", collection_id=collection_id)
    document = queryables_schema(snapshot.collection(collection_id), url=here, lang=lang)
    return json_response(document, snapshot.revision, media_type=SCHEMA_TYPE)


@router.get(
    "/collections/{collection_id}/schema",
    name="schema",
    summary="要素的结构 / How features look",
    responses=answers(SCHEMA_TYPE),
)
def schema(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
    f: Form = None,
) -> Response:
    """Return the features' logical schema."""
    if requested_form(request, ("json", "html")) == "html":
        collection = snapshot.collection(collection_id)
        return properties_page(
            request, snapshot, collection, described(collection), what="schema", lang=lang
        )
    here = links.to("schema", collection_id=collection_id)
    document = feature_schema(snapshot.collection(collection_id), url=here, lang=lang)
    return json_response(document, snapshot.revision, media_type=SCHEMA_TYPE)
