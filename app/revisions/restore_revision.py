"""Restoring a revision for a client, unless the collection moved on from what it has seen."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.http.if_match import seen_revisions
from app.http.links import Links
from app.http.responses import state_response
from app.problems.problem_document import problem_response
from app.revisions.revisions_as_json import counts_json, counts_of, revision_document
from zones.errors import ConflictError, UnknownCollectionError
from zones.model import Revision, RevisionNote
from zones.store.restore_collection import restore
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore


def restored(
    request: Request,
    store: SqlStore,
    collection_id: str,
    revision: int,
    *,
    key: Key,
    why: str,
    links: Links,
) -> Response:
    """Restore the revision unless If-Match forbids it, and note it in the audit log."""
    if (stale := stale_match(request, store, collection_id)) is not None:
        return problem_response(stale, request, status=412)
    note = RevisionNote(who=key.name, why=why)
    made, difference = restore(store, collection_id, revision, note=note)
    store.audit.add(
        "restore",
        outcome="ok",
        who=key.name,
        key_id=key.id,
        request_id=request.state.request_id,
        collection=collection_id,
        revision=None if made is None else made.number,
        reason=f"revision {revision}",
    )
    current = store.revision() if made is None else made.number
    headers = {"ETag": f'"r{current}"', "X-Revision": str(current)}
    if made is None:
        document: dict[str, Any] = {
            "revision": None,
            "restored": revision,
            "counts": counts_json(counts_of(difference)),
        }
        return state_response(document, headers=headers)
    headers["Location"] = links.to("revision", collection_id=collection_id, number=str(made.number))
    version = len(revisions_of(store, collection_id))
    counts = counts_of(difference)
    members = revision_document(made, collection_id, counts, version=version, links=links)
    return state_response({**members, "restored": revision}, status=201, headers=headers)


def stale_match(request: Request, store: SqlStore, collection_id: str) -> ConflictError | None:
    """Return the fault if ``If-Match`` is given and the collection changed after what it names.

    Changes of other collections do not matter.
    """
    seen = seen_revisions(request.headers.get("if-match"))
    if seen is None:
        return None
    entries = revisions_of(store, collection_id)
    latest = entries[0].number
    if any(latest <= number <= store.revision() for number in seen):
        return None
    return ConflictError("collection-moved-on", collection=collection_id, current=latest)


def revisions_of(store: SqlStore, collection_id: str) -> list[Revision]:
    """Return the revisions that changed a collection, newest first; also of one dropped since.

    Raises
    ------
    UnknownCollectionError
    """
    found = store.revisions(collection_id)
    if not found:
        raise UnknownCollectionError(collection=collection_id)
    return found
