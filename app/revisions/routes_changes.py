"""What changed lately anywhere in the store: one list for all collections."""

from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import LangDep, LinksDep, SnapshotDep, StoreDep, text_of
from app.http.negotiation import requested_form
from app.http.responses import json_response
from app.http.route_classes import StrictRoute
from app.pages.recent_changes import changes_page
from app.revisions.revisions_as_json import counts_json
from app.revisions.routes import most_listed
from app.revisions.version_numbers import versions_of
from app.visible_collections import hidden_from, visible_revision
from zones.model import Revision
from zones.store.sql.collection_differences import RevisionCounts
from zones.store.sql.store import SqlStore

router = APIRouter(route_class=StrictRoute, tags=["imports"])

_NOTHING = RevisionCounts(0, 0, 0)


@router.get("/changes", name="changes", summary="近期变化，新的在前 / What changed lately")
def changes(
    request: Request,
    snapshot: SnapshotDep,
    store: StoreDep,
    links: LinksDep,
    lang: LangDep,
    limit: Annotated[int, Depends(most_listed)],
    f: Annotated[
        str | None, Query(description="格式 / form"), text_of("string", enum=["json", "html"])
    ] = None,
) -> Response:
    """Return the latest revisions of all collections: who, when, why, and how much of which."""
    hidden = hidden_from(request)
    revisions = store.revisions()
    seen = (visible_revision(each, hidden) for each in revisions)
    listed = islice((each for each in seen if each is not None), limit)
    versions = versions_of(revisions)
    found = [_change(store, each, versions) for each in listed]
    if requested_form(request, ("json", "html")) == "html":
        return changes_page(request, snapshot, lang, found)
    document = {"changes": found, "links": [{"href": links.here(), "rel": "self"}]}
    return json_response(document, snapshot.revision)


def _change(
    store: SqlStore, revision: Revision, versions: Mapping[tuple[str, int], int]
) -> dict[str, Any]:
    number, note = revision.number, revision.note
    return {
        "revision": number,
        "at": revision.at,
        "who": note.who,
        "why": note.why,
        "source": note.source_name,
        "collections": [
            {
                "id": id_,
                "version": versions[id_, number],
                "counts": counts_json(counts.get(number, _NOTHING)),
            }
            for id_ in revision.collections
            for counts in [store.revision_counts(id_, first=number, last=number)]
        ],
    }
