"""The history of a collection: who changed it, when, why, what; and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import CollectionId, KeyDep, LangDep, LinksDep, SnapshotDep, StoreDep, text_of
from app.http import parameters
from app.http.json_body import read_object, text_member
from app.http.links import Links, link
from app.http.negotiation import MEDIA_TYPES, requested_form
from app.http.responses import GEOJSON_TYPE, JSON_TYPE, data_response, json_response
from app.http.route_classes import StrictRoute
from app.openapi.document import json_body
from app.pages.staff import history_page
from app.revisions.restore_revision import restored, revisions_of
from app.revisions.revisions_as_json import (
    change_json,
    changes_csv,
    changes_geojson,
    changes_xlsx,
    counts_of,
    diff_document,
    revision_document,
)
from app.revisions.version_numbers import versions_of
from app.visible_collections import hidden_from, visible_revision
from zones.errors import UnknownRevisionError
from zones.messages import say
from zones.model import Revision
from zones.store.revision_diff import difference_between
from zones.store.sql.collection_differences import RevisionCounts
from zones.store.sql.store import SqlStore

router = APIRouter(route_class=StrictRoute, tags=["imports"])

DEFAULT_LISTED, MOST_LISTED = 100, 1_000
LONGEST_NOTE: Final = 2_000
RESTORE_MEMBERS: Final = {"note": "恢复到会审前的版本"}

RevisionNumber = Annotated[
    str, Path(description="修订版 / revision"), text_of("integer", minimum=0)
]


async def listed_since(
    since: Annotated[
        str | None,
        Query(description="只要此后的，旧的在前 / only later ones, the oldest first"),
        text_of("integer", minimum=0),
    ] = None,
) -> int | None:
    """Return the revision after which the list begins, None for the newest."""
    if since is None:
        return None
    return parameters.revision(since, "since", low=0)


async def most_listed(
    limit: Annotated[
        str | None,
        Query(description="最多几条 / at most"),
        text_of("integer", minimum=1, maximum=MOST_LISTED, default=DEFAULT_LISTED),
    ] = None,
) -> int:
    """Return how many revisions, or changes, an answer has at most."""
    return DEFAULT_LISTED if limit is None else parameters.limit(limit, highest=MOST_LISTED)


async def skipped(
    offset: Annotated[
        str | None, Query(description="跳过几项 / changes to skip"), text_of("integer", minimum=0)
    ] = None,
) -> int:
    """Return how many changes come before an answer's first."""
    return revision_number(offset or "0", low=0, name="offset")


@dataclass(frozen=True, slots=True)
class DiffQuery:
    """Which two revisions to compare (``to`` none: the current one), and which page of changes."""

    since: int
    to: int | None
    limit: int
    offset: int
    form: str


async def requested_diff(
    request: Request,
    number: RevisionNumber,
    limit: Annotated[int, Depends(most_listed)],
    offset: Annotated[int, Depends(skipped)],
    to: Annotated[
        str | None,
        Query(description="到此修订版，缺省为当前 / up to this revision, default the current one"),
        text_of("integer", minimum=0),
    ] = None,
    f: Annotated[
        str | None,
        Query(description="格式 / form"),
        text_of("string", enum=["json", "geojson", "csv", "xlsx"]),
    ] = None,
) -> DiffQuery:
    """Return what is asked of a comparison."""
    return DiffQuery(
        since=revision_number(number, low=0),
        to=None if to is None else revision_number(to, low=0, name="to"),
        limit=limit,
        offset=offset,
        form=requested_form(request, ("json", "geojson", "csv", "xlsx")),
    )


@router.get(
    "/collections/{collection_id}/revisions",
    name="revisions",
    summary="集合的修订历史；since= 为变更订阅 / Revisions of a collection; since= makes it a feed",
)
def revisions(  # noqa: PLR0913, PLR0917 - what both forms are made of
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    store: StoreDep,
    links: LinksDep,
    lang: LangDep,
    since: Annotated[int | None, Depends(listed_since)],
    limit: Annotated[int, Depends(most_listed)],
    f: Annotated[
        str | None, Query(description="格式 / form"), text_of("string", enum=["json", "html"])
    ] = None,
) -> Response:
    """Return the revisions that changed the collection, newest first.

    With ``since=N`` those after N, oldest first, so that a follower can take them one by one; the
    link ``next`` goes on where this answer ends, also when nothing more has happened yet.
    """
    found = visible_revisions(request, store, collection_id)
    if (
        requested_form(request, ("json", "html")) == "html"
        and collection_id in snapshot.collections
    ):
        return history_page(request, snapshot, lang, collection_id)
    chosen = found[:limit]
    if since is not None:
        chosen = [entry for entry in reversed(found) if entry.number > since][:limit]
    listed = revision_documents(store, chosen, collection_id, links, versions_of(found))
    more = [link(links.here(), "self", JSON_TYPE)]
    if since is not None:
        last = chosen[-1].number if chosen else since
        more.append(link(links.here(since=str(last)), "next", JSON_TYPE))
    document = {"collection": collection_id, "revisions": listed, "links": more}
    return json_response(document, snapshot.revision)


@router.get(
    "/collections/{collection_id}/revisions/{number}",
    name="revision",
    summary="一个修订版 / One revision",
)
def revision(
    request: Request,
    collection_id: CollectionId,
    number: RevisionNumber,
    snapshot: SnapshotDep,
    store: StoreDep,
    links: LinksDep,
) -> Response:
    """Return who made the revision, when and why, and what it did to the collection."""
    requested = revision_number(number, low=1)
    found = visible_revisions(request, store, collection_id)
    for entry in found:
        if entry.number == requested:
            (document,) = revision_documents(
                store, [entry], collection_id, links, versions_of(found)
            )
            return json_response(document, snapshot.revision)
    if requested > snapshot.revision:
        raise UnknownRevisionError(revision=requested, current=snapshot.revision)
    raise UnknownRevisionError("revision-elsewhere", revision=requested, collection=collection_id)


@router.get(
    "/collections/{collection_id}/revisions/{number}/diff",
    name="revision-diff",
    summary="两个修订版之间的差异 / What differs between two revisions",
)
def revision_diff(
    collection_id: CollectionId,
    query: Annotated[DiffQuery, Depends(requested_diff)],
    snapshot: SnapshotDep,
    store: StoreDep,
    links: LinksDep,
    lang: LangDep,
) -> Response:
    """Return the features added, changed (fields, distance, area) and removed, page by page.

    Revision 0 is before everything, so ``/revisions/{n-1}/diff?to=n`` is what revision n did.
    """
    now, since = snapshot.revision, query.since
    to = now if query.to is None else query.to
    difference = difference_between(*store.differing(collection_id, since=since, to=to))
    changes = difference.changes(query.offset, query.offset + query.limit)
    info = snapshot.info(collection_id)
    if query.form in ("csv", "xlsx"):
        name = f"{collection_id}-r{since}-r{to}.{query.form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        as_table = changes_csv if query.form == "csv" else changes_xlsx
        body = as_table(changes, info, lang)
        return data_response(body, now, media_type=MEDIA_TYPES[query.form], headers=headers)
    members = {
        "collection": collection_id,
        "from": since,
        "to": to,
        **diff_document(counts_of(difference), links, offset=query.offset, limit=query.limit),
    }
    if query.form == "geojson":
        return data_response(changes_geojson(changes, info, members), now, media_type=GEOJSON_TYPE)
    listed = [change_json(change, info) for change in changes]
    return json_response({**members, "changes": listed}, now)


@router.post(
    "/collections/{collection_id}/revisions/{number}/restore",
    name="restore-revision",
    summary="恢复到一个修订版（成为新修订版）/ Restore a revision, as a new one",
    status_code=201,
    openapi_extra={"requestBody": {**json_body((), RESTORE_MEMBERS), "required": False}},
    responses={200: {"description": "本来就相同，没有改动 / equal already, nothing stored"}},
)
async def restore_revision(
    request: Request,
    collection_id: CollectionId,
    number: RevisionNumber,
    store: StoreDep,
    key: KeyDep,
    links: LinksDep,
    lang: LangDep,
) -> Response:
    """Make the collection equal to what it was; ``If-Match`` names what the client has seen."""
    requested = revision_number(number, low=1)
    document = await read_object(request, known=RESTORE_MEMBERS) if await request.body() else {}
    in_words = " / ".join(
        str(say("restored", each_lang, revision=requested)) for each_lang in ("zh", "en")
    )
    why = text_member(document, "note", limit=LONGEST_NOTE, default=in_words)
    return await run_in_threadpool(
        restored, request, store, collection_id, requested, key=key, why=why, links=links
    )


def visible_revisions(request: Request, store: SqlStore, collection_id: str) -> list[Revision]:
    """Return a collection's revisions without what is hidden from the client, newest first."""
    hidden = hidden_from(request)
    seen = (visible_revision(each, hidden) for each in revisions_of(store, collection_id))
    return [each for each in seen if each is not None]


def revision_documents(
    store: SqlStore,
    chosen: list[Revision],
    collection_id: str,
    links: Links,
    versions: Mapping[tuple[str, int], int],
) -> list[dict[str, Any]]:
    """Return the documents of revisions, with counts and the collection's ``versions`` by them."""
    if not chosen:
        return []
    numbers = [entry.number for entry in chosen]
    counts = store.revision_counts(collection_id, first=min(numbers), last=max(numbers))
    return [
        revision_document(
            entry,
            collection_id,
            counts.get(entry.number, RevisionCounts()),
            version=versions[collection_id, entry.number],
            links=links,
        )
        for entry in chosen
    ]


def revision_number(text: str, *, low: int, name: str = "number") -> int:
    """Return a revision's number from the address.

    Raises
    ------
    RequestError
    """
    return parameters.revision(text, name, low=low)
