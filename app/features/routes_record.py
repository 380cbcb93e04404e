"""The record of a collection for catalogues, who made it and where it is from among it."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import CollectionId, LangDep, LinksDep, SnapshotDep, StoreDep, text_of
from app.features.catalogue_record import record_document
from app.http.negotiation import requested_form
from app.http.responses import GEOJSON_TYPE, json_response
from app.http.route_classes import StrictRoute
from app.openapi.described_answers import answers

router = APIRouter(route_class=StrictRoute, tags=["OGC API"])


@router.get(
    "/collections/{collection_id}/metadata",
    name="metadata",
    summary="集合的元数据 / Metadata of a collection",
    responses=answers(GEOJSON_TYPE, "Feature"),
)
def metadata(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    store: StoreDep,
    links: LinksDep,
    lang: LangDep,
    f: Annotated[
        str | None, Query(description="格式 / form"), text_of("string", enum=["json"])
    ] = None,
) -> Response:
    """Return what catalogues keep of a collection (OGC API Records, Part 1: a record).

    Title, description, keywords, licence, source, contact, extent in space and time, when it was
    made and changed last, its formats. The licence is an identifier of SPDX where it is one.
    """
    requested_form(request, ("json",))
    collection = snapshot.collection(collection_id)
    record = record_document(
        collection,
        links,
        created=store.time_of_making(collection_id),
        updated=store.time_of_revision(collection.revision),
        lang=lang,
    )
    return json_response(record, snapshot.revision, media_type=GEOJSON_TYPE)
