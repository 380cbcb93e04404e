"""Making and dropping collections of one's own; those of the plan stay."""

from typing import Any, Final, get_args

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.deps import CollectionId, KeyDep, LangDep, LinksDep, StoreDep
from app.errors import RequestError
from app.json_body import read_object, text_member
from app.ogc import collection_document
from app.openapi import json_body
from app.responses import state_response
from app.routing import StrictRoute
from zones.collection import Collection
from zones.errors import ConflictError, UnknownCollectionError
from zones.model import Change, CollectionInfo, GeometryKind, RevisionNote
from zones.sql.records import Key
from zones.sql_store import SqlStore

router = APIRouter(route_class=StrictRoute, tags=["imports"])

LONGEST_TITLE, LONGEST_TEXT = 200, 5_000
KINDS: Final = get_args(GeometryKind)
MEMBERS: Final = {
    "id": "my_layer",
    "title": "我的图层",
    "title_en": "My layer",
    "description": "",
    "description_en": "",
    "kinds": "polygon",
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
    """Make an empty collection that is not part of the plan."""
    info = info_of(await read_object(request, known=MEMBERS))
    made = await run_in_threadpool(stored_collection, store, info, key, request.state.request_id)
    headers = {
        "Location": links.to("collection", collection_id=info.id),
        "ETag": f'"r{made.revision}"',
        "X-Revision": str(made.revision),
    }
    return state_response(collection_document(made, links, lang=lang), status=201, headers=headers)


def info_of(told: dict[str, Any]) -> CollectionInfo:
    """Return the description of the collection that a JSON object asks for.

    Raises
    ------
    RequestError
        If a member is missing, of another type or too long, or a kind is unknown.
    """
    id_ = text_member(told, "id", limit=100)
    title = text_member(told, "title", limit=LONGEST_TITLE, default=id_)
    return CollectionInfo(
        id=id_,
        title=title,
        title_en=text_member(told, "title_en", limit=LONGEST_TITLE, default=title),
        description=text_member(told, "description", limit=LONGEST_TEXT, default=""),
        description_en=text_member(told, "description_en", limit=LONGEST_TEXT, default=""),
        kinds=kinds_of(told.get("kinds", [])),
    )


def kinds_of(told: object) -> frozenset[GeometryKind]:
    """Return the kinds of geometry named by a list or a single name; none means any.

    Raises
    ------
    RequestError
    """
    named = [told] if isinstance(told, str) else told
    if isinstance(named, list) and all(kind in KINDS for kind in named):
        return frozenset(named)
    raise RequestError(
        "parameter-choice",
        loc=("body", "kinds"),
        name="kinds",
        given=str(told)[:80],
        choices=", ".join(KINDS),
    )


def stored_collection(
    store: SqlStore, info: CollectionInfo, key: Key, request_id: str
) -> Collection:
    """Make the collection in a revision of its own and return it, still empty.

    Raises
    ------
    ConflictError
        If the id is taken, or the store moved on in between.
    ValidationError
        If the id is not allowed.
    """
    expected = store.revision()
    if any(info.id == known.id for known in store.collections()):
        raise ConflictError("collection-exists", collection=info.id)
    note = RevisionNote(who=key.name, why=f"新建集合 / make collection {info.id}")
    revision = store.apply([Change(info.id, collection=info)], note, expected=expected)
    store.audit.add(
        "make-collection",
        outcome="ok",
        who=key.name,
        key_id=key.id,
        request_id=request_id,
        collection=info.id,
        revision=revision.number,
    )
    return Collection(info, revision.number, ())


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
    note = RevisionNote(who=key.name, why=f"删除集合 / drop collection {collection_id}")
    revision = store.apply([Change(collection_id, drop=True)], note)
    store.audit.add(
        "drop-collection",
        outcome="ok",
        who=key.name,
        key_id=key.id,
        request_id=request.state.request_id,
        collection=collection_id,
        revision=revision.number,
    )
    return Response(status_code=204, headers={"X-Revision": str(revision.number)})
