"""Making and dropping collections of one's own; those of the plan stay."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.auth.role_comparison import check_may
from app.collections.description_members import (
    DESCRIBED,
    LONGEST_TEXT,
    LONGEST_TITLE,
    described_by,
    why_described,
)
from app.collections.trash import dropped_collections, trash_document
from app.dependencies import CollectionId, KeyDep, LangDep, LinksDep, SnapshotDep, StoreDep, text_of
from app.features.ogc_documents import collection_document
from app.http.fault_status import RequestError
from app.http.json_body import read_object, text_member
from app.http.negotiation import requested_form
from app.http.responses import state_response
from app.http.route_classes import StrictRoute
from app.openapi.document import described_body, json_body
from app.pages.staff import settings_page, trash_page
from app.visible_collections import hidden_from
from zones.errors import ConflictError, UnknownCollectionError
from zones.ingest.target_collection import has_changed
from zones.model import Change, CollectionInfo, GeometryKind, RevisionNote
from zones.snapshot.collection import Collection
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore

router = APIRouter(route_class=StrictRoute, tags=["imports"])

FormOfTrash = Annotated[
    str | None, Query(description="格式 / form"), text_of("string", enum=["json", "html"])
]
KINDS: Final = get_args(GeometryKind)
MEMBERS: Final = {
    "id": "my_layer",
    "title": "我的图层",
    "title_en": "My layer",
    "description": "",
    "description_en": "",
    "kinds": "polygon",
    "private": "false",
}


@router.post(
    "/collections",
    name="make-collection",
    summary="新建集合 / Make a collection",
    status_code=201,
    openapi_extra={"requestBody": json_body(("id",), MEMBERS)},
)
async def make_collection(
    request: Request, store: StoreDep, key: KeyDep, links: LinksDep, lang: LangDep
) -> Response:
    """Make an empty collection that is not part of the plan; who makes a private one manages it."""
    info = info_of(await read_object(request, known=MEMBERS))
    by = By(key, request.state.request_id, "make-collection")
    made = await run_in_threadpool(stored_collection, store, info, by)
    headers = {
        "Location": links.to("collection", collection_id=info.id),
        "ETag": f'"r{made.revision}"',
        "X-Revision": str(made.revision),
    }
    return state_response(collection_document(made, links, lang=lang), status=201, headers=headers)


def info_of(document: dict[str, Any]) -> CollectionInfo:
    """Return the description of the collection that a JSON object asks for.

    Raises
    ------
    RequestError
        If a member is missing, of another type or too long, or a kind is unknown.
    """
    id_ = text_member(document, "id", limit=100)
    title = text_member(document, "title", limit=LONGEST_TITLE, default=id_)
    return CollectionInfo(
        id=id_,
        title=title,
        title_en=text_member(document, "title_en", limit=LONGEST_TITLE, default=title),
        description=text_member(document, "description", limit=LONGEST_TEXT, default=""),
        description_en=text_member(document, "description_en", limit=LONGEST_TEXT, default=""),
        kinds=kinds_of(document.get("kinds", [])),
        private=is_private(document.get("private")),
    )


def is_private(value: object) -> bool | None:
    """Return whether a new collection shall be private; None where nothing is said of it.

    Raises
    ------
    RequestError
    """
    if value in ("true", "false"):
        return value == "true"
    if value is None or isinstance(value, bool):
        return value
    raise RequestError(
        "parameter-choice",
        loc=("body", "private"),
        name="private",
        given=str(value)[:80],
        choices="true, false",
    )


def kinds_of(value: object) -> frozenset[GeometryKind]:
    """Return the kinds of geometry named by a list or a single name; none means any.

    Raises
    ------
    RequestError
    """
    named = [value] if isinstance(value, str) else value
    if isinstance(named, list) and all(kind in KINDS for kind in named):
        return frozenset(named)
    raise RequestError(
        "parameter-choice",
        loc=("body", "kinds"),
        name="kinds",
        given=str(value)[:80],
        choices=", ".join(KINDS),
    )


def stored_collection(store: SqlStore, info: CollectionInfo, by: "By") -> Collection:
    """Make the collection in a revision of its own and return it, still empty.

    Raises
    ------
    ConflictError
        If the id is taken, or the store moved on in between.
    ValidationError
        If the id is not allowed.
    """
    expected = store.revision()
    was_private = info.id in store.private_collections()
    is_hidden = was_private and by.key.role_in(info.id, private=True) is None
    if is_hidden or any(info.id == known.id for known in store.collections()):
        raise ConflictError("collection-exists", collection=info.id)
    if not was_private:
        # Nobody has a right by what he had in another collection of that id.
        managed = info.private and by.key.role != "admin"
        store.rights.put(info.id, {by.key.id: "admin"} if managed else {})
    change = Change(info.id, collection=info)
    why = f"新建集合 / make collection {info.id}"
    return Collection(info, stored(store, change, why, by, expected=expected), ())


@router.patch(
    "/collections/{collection_id}",
    name="describe-collection",
    summary="修改集合的说明 / Describe a collection",
    openapi_extra={"requestBody": described_body(DESCRIBED)},
)
async def describe_collection(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    store: StoreDep,
    key: KeyDep,
    links: LinksDep,
    lang: LangDep,
) -> Response:
    """Change what is said of a collection: the members that are given, others stay.

    Titles, description, source, licence, contact, ``keywords``; ``title_field``, the property that
    names the features in search, maps and exports; ``key``, the one that tells them apart in
    imports; ``visible``, whether maps show it at first; ``colour``, ``style``, ``order`` on maps;
    ``fields``, titles of properties, and what their codes stand for; ``private``, for who manages
    the collection: only those with a right in it know of it, also of its former revisions. It is
    a revision of the collection, and can be undone as any other.
    """
    document = await read_object(request, known=DESCRIBED)
    collection = await run_in_threadpool(snapshot.collection, collection_id)
    if "private" in document:
        await run_in_threadpool(check_may, request, collection_id, "admin")
    info = await run_in_threadpool(described_by, document, collection)
    described = await run_in_threadpool(
        stored_description, store, collection, info, key, request.state.request_id
    )
    headers = {"ETag": f'"r{described.revision}"', "X-Revision": str(described.revision)}
    return state_response(collection_document(described, links, lang=lang), headers=headers)


def stored_description(
    store: SqlStore, collection: Collection, info: CollectionInfo, key: Key, request_id: str
) -> Collection:
    """Store the description in a revision of its own, if it differs, and return the collection.

    Raises
    ------
    ConflictError
        If the collection changed in between.
    """
    if info == collection.info:
        return collection
    expected = store.revision()
    if has_changed(store, info.id, since=collection.revision):
        raise ConflictError(current=expected, expected=collection.revision)
    why = why_described(collection.info, info)
    change = Change(info.id, collection=info)
    by = By(key, request_id, "describe-collection")
    revision = stored(store, change, why, by, expected=expected)
    return collection.with_delta(revision=revision, info=info)


@router.get(
    "/trash", name="trash", summary="已删除的集合 / Collections that were dropped", tags=["imports"]
)
def trash(
    request: Request,
    store: StoreDep,
    snapshot: SnapshotDep,
    links: LinksDep,
    lang: LangDep,
    f: FormOfTrash = None,
) -> Response:
    """Return the dropped collections, the last one first, each with the way to bring it back."""
    hidden = hidden_from(request)
    found = [each for each in dropped_collections(store) if each.info.id not in hidden]
    if requested_form(request, ("json", "html")) == "html":
        return trash_page(request, snapshot, lang, found)
    return state_response(trash_document(found, links, lang=lang))


@router.get("/collections/{collection_id}/settings", name="settings", include_in_schema=False)
def settings(
    request: Request, collection_id: CollectionId, snapshot: SnapshotDep, lang: LangDep
) -> Response:
    """Return the page on which a collection is described, shown, hidden and dropped."""
    return settings_page(request, snapshot, lang, collection_id)


@router.delete(
    "/collections/{collection_id}",
    name="drop-collection",
    summary="删除集合 / Drop a collection",
    status_code=204,
)
def drop_collection(
    request: Request, collection_id: CollectionId, store: StoreDep, key: KeyDep
) -> Response:
    """Drop a collection that is not part of the plan; its former revisions can still be asked."""
    if all(collection_id != known.id for known in store.collections()):
        raise UnknownCollectionError(collection=collection_id)
    why = f"删除集合 / drop collection {collection_id}"
    by = By(key, request.state.request_id, "drop-collection")
    revision = stored(store, Change(collection_id, drop=True), why, by)
    return Response(status_code=204, headers={"X-Revision": str(revision)})


@dataclass(frozen=True, slots=True)
class By:
    """Who changes a collection, by which request, and what the audit log calls it."""

    key: Key
    request_id: str
    action: str


def stored(
    store: SqlStore, change: Change, why: str, by: By, *, expected: int | None = None
) -> int:
    """Store one change as a revision, note it in the audit log, and return its number.

    Raises
    ------
    ConflictError
        If ``expected`` is given and the store has another revision.
    """
    note = RevisionNote(who=by.key.name, why=why)
    revision = store.apply([change], note, expected=expected)
    store.audit.add(
        by.action,
        outcome="ok",
        who=by.key.name,
        key_id=by.key.id,
        request_id=by.request_id,
        collection=change.collection_id,
        revision=revision.number,
    )
    return revision.number
