"""Who may do what in a collection, for those who manage it."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.auth.routes_people import checked, forget_rights
from app.dependencies import CollectionId, KeyDep, LangDep, SnapshotDep, StoreDep, text_of
from app.http.fault_status import RequestError
from app.http.json_body import read_object
from app.http.negotiation import requested_form
from app.http.responses import JSON_TYPE, state_response
from app.http.route_classes import StrictRoute
from app.pages.people import rights_page
from zones.store.sql.store import SqlStore

router = APIRouter(route_class=StrictRoute, tags=["access"])

MOST_RIGHTS: Final = 1_000
MEMBERS: Final = {"rights": '[{"id": "g0123456789ab", "role": "editor"}]'}
_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        JSON_TYPE: {
            "schema": {
                "type": "object",
                "required": ["rights"],
                "properties": {
                    "rights": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["id", "role"],
                            "properties": {
                                "id": {"type": "string"},
                                "role": {"type": "string", "enum": ["reader", "editor", "admin"]},
                            },
                        },
                    }
                },
            }
        }
    },
}


@router.get(
    "/collections/{collection_id}/rights",
    name="rights",
    summary="集合的权限 / Who may do what in a collection",
)
def rights(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    store: StoreDep,
    lang: LangDep,
    f: Annotated[
        str | None, Query(description="格式 / form"), text_of("string", enum=["json", "html"])
    ] = None,
) -> Response:
    """Return the roles of people, keys and groups in the collection, and who else could get one.

    A role in a collection adds to what the account or key may do everywhere.
    """
    info = snapshot.collection(collection_id).info
    document = rights_document(store, info.id)
    if requested_form(request, ("json", "html")) == "html":
        return rights_page(request, lang, info, document)
    return state_response(document)


@router.put(
    "/collections/{collection_id}/rights",
    name="give-rights",
    summary="设定集合的权限 / Set who may do what in a collection",
    openapi_extra={"requestBody": _BODY},
)
async def give_rights(
    request: Request,
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    store: StoreDep,
    admin: KeyDep,
) -> Response:
    """Give the collection exactly these roles; all workers know within five seconds."""
    roles = _roles_by_holder(await read_object(request, known=MEMBERS))
    await run_in_threadpool(snapshot.collection, collection_id)
    await run_in_threadpool(checked, store.rights.put, collection_id, roles)
    forget_rights(request)
    summary = ", ".join(f"{role} {holder}" for holder, role in roles.items())
    await run_in_threadpool(
        store.audit.add,
        "give-rights",
        outcome="ok",
        who=admin.name,
        key_id=admin.id,
        request_id=request.state.request_id,
        collection=collection_id,
        reason=summary or "—",
    )
    return state_response(await run_in_threadpool(rights_document, store, collection_id))


def rights_document(store: SqlStore, collection_id: str) -> dict[str, Any]:
    """Return who has which role in a collection, and everybody who could have one."""
    holders = holders_of(store)
    roles = store.rights.in_collection(collection_id)
    return {
        "collection": collection_id,
        "rights": [{**each, "role": roles[each["id"]]} for each in holders if each["id"] in roles],
        "holders": holders,
    }


def holders_of(store: SqlStore) -> list[dict[str, str]]:
    """Return all that can have rights: groups, accounts, keys."""
    groups = [(each.id, each.name, "group") for each in store.rights.groups()]
    people = [(each.id, each.name, "account") for each in store.accounts.list()]
    keys = [(each.id, each.name, "key") for each in store.keys.list() if not each.revoked_at]
    return [{"id": id_, "name": name, "kind": kind} for id_, name, kind in groups + people + keys]


def _roles_by_holder(document: dict[str, Any]) -> dict[str, str]:
    listed = document.get("rights")
    if not isinstance(listed, list) or len(listed) > MOST_RIGHTS or not all(map(_is_right, listed)):
        raise RequestError("body-shape", loc=("body", "rights"), example=MEMBERS["rights"])
    return {each["id"]: each["role"] for each in listed}


def _is_right(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"id", "role"}
        and all(isinstance(each, str) for each in value.values())
    )
