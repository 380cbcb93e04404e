"""Groups of people and keys, for administrators."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.auth.routes_people import checked, forget_rights, group_document
from app.dependencies import KeyDep, StoreDep
from app.http.fault_status import NotFoundError, RequestError
from app.http.json_body import read_object, text_member
from app.http.responses import JSON_TYPE, state_response
from app.http.route_classes import StrictRoute
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore

router = APIRouter(route_class=StrictRoute, tags=["access"])

LONGEST: Final = 100
MOST_MEMBERS: Final = 1_000
MEMBERS: Final = {"name": "测绘科", "members": '["u0123456789ab"]'}
_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        JSON_TYPE: {
            "schema": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "example": "测绘科"},
                    "members": {"type": "array", "items": {"type": "string"}},
                },
            }
        }
    },
}
GroupId = Annotated[str, Path(description="编号 / id")]


@router.get("/groups", name="groups", summary="全部组 / All groups")
def groups(store: StoreDep) -> Response:
    """Return every group with the ids of its members, accounts and keys."""
    return state_response({"groups": [group_document(each) for each in store.rights.groups()]})


@router.post(
    "/groups",
    name="make-group",
    summary="新建组 / Make a group",
    status_code=201,
    openapi_extra={"requestBody": _BODY},
)
async def make_group(request: Request, store: StoreDep, admin: KeyDep) -> Response:
    """Make a group."""
    name, members = _name_and_members(await read_object(request, known=MEMBERS))
    made = await run_in_threadpool(checked, store.rights.make_group, name, members)
    return await _answered(request, store, made, admin, "make-group", 201)


@router.put(
    "/groups/{group_id}",
    name="change-group",
    summary="修改组 / Change a group",
    openapi_extra={"requestBody": _BODY},
)
async def change_group(
    request: Request, group_id: GroupId, store: StoreDep, admin: KeyDep
) -> Response:
    """Give a group another name and exactly these members."""
    name, members = _name_and_members(await read_object(request, known=MEMBERS))
    is_there = await run_in_threadpool(checked, store.rights.change_group, group_id, name, members)
    if not is_there:
        raise NotFoundError("group-unknown", id=group_id[:LONGEST])
    return await _answered(request, store, group_id, admin, "change-group", 200)


@router.delete(
    "/groups/{group_id}", name="drop-group", summary="删除组 / Drop a group", status_code=204
)
def drop_group(request: Request, group_id: GroupId, store: StoreDep, admin: KeyDep) -> Response:
    """End a group and all that its members may do by it."""
    if not store.rights.drop_group(group_id):
        raise NotFoundError("group-unknown", id=group_id[:LONGEST])
    _audit(store, "drop-group", admin, request.state.request_id, group_id)
    forget_rights(request)
    return Response(status_code=204)


async def _answered(
    request: Request, store: SqlStore, group_id: str, admin: Key, action: str, status: int
) -> Response:
    forget_rights(request)
    listed = await run_in_threadpool(store.rights.groups)
    (group,) = (each for each in listed if each.id == group_id)
    reason = f"{group.name} {group.id}: {len(group.members)}"
    await run_in_threadpool(_audit, store, action, admin, request.state.request_id, reason)
    return state_response(group_document(group), status=status)


def _audit(store: SqlStore, action: str, admin: Key, request_id: str, reason: str) -> None:
    who = {"who": admin.name, "key_id": admin.id, "request_id": request_id}
    store.audit.add(action, outcome="ok", reason=reason, **who)  # type: ignore[arg-type]  # texts


def _name_and_members(document: dict[str, Any]) -> tuple[str, list[str]]:
    name = text_member(document, "name", limit=LONGEST)
    members = document.get("members", [])
    is_listed = isinstance(members, list) and len(members) <= MOST_MEMBERS
    if not is_listed or not all(isinstance(each, str) for each in members):
        raise RequestError("body-shape", loc=("body", "members"), example=MEMBERS["members"])
    return name, members
