"""The history of a collection: who changed it, when and why."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.deps import CollectionId, LinksDep, SnapshotDep, StoreDep
from app.links import Links, link
from app.responses import GEOJSON_TYPE, JSON_TYPE, json_response
from app.routing import StrictRoute
from zones.model import Revision

router = APIRouter(route_class=StrictRoute, tags=["imports"])


@router.get(
    "/collections/{collection_id}/revisions",
    name="revisions",
    summary="集合的修订历史 / Revisions of a collection",
)
def revisions(
    collection_id: CollectionId, snapshot: SnapshotDep, store: StoreDep, links: LinksDep
) -> Response:
    """Return the revisions that changed the collection, newest first."""
    snapshot.collection(collection_id)
    found = store.revisions(collection_id)
    document = {
        "collection": collection_id,
        "revisions": [revision_document(entry, collection_id, links) for entry in found],
        "links": [link(links.here(), "self", JSON_TYPE)],
    }
    return json_response(document, snapshot.revision)


def revision_document(revision: Revision, collection_id: str, links: Links) -> dict[str, Any]:
    """Return who made a revision, when and why, and where the features as of it are."""
    note = revision.note
    query = (("revision", str(revision.number)),)
    items = links.to("items", collection_id=collection_id, query=query)
    source = {"name": note.source_name, "sha256": note.source_sha256, "bytes": note.source_bytes}
    return {
        "revision": revision.number,
        "at": revision.at,
        "who": note.who,
        "why": note.why,
        "source": source if note.source_name else None,
        "collections": list(revision.collections),
        "links": [link(items, "items", GEOJSON_TYPE)],
    }
