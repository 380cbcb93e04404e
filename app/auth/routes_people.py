"""Accounts of people: made and changed by administrators, their passwords by themselves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.auth.browser_session import cookie_of, csrf_token
from app.auth.password_sign_in import LONGEST_PASSWORD
from app.auth.routes_keys import by, end_of, key_document
from app.dependencies import KeyDep, LangDep, StoreDep
from app.http.fault_status import BusyError, ForbiddenError, NotFoundError, RequestError
from app.http.json_body import read_object, text_member
from app.http.responses import state_response
from app.http.route_classes import StrictRoute
from app.openapi.document import json_body
from app.pages.people import account_page, people_page
from zones.errors import ValidationError
from zones.store.sql.records import Group, Key
from zones.store.sql.store import SqlStore

router = APIRouter(route_class=StrictRoute, tags=["access"])

LONGEST: Final = 100
MEMBERS: Final = {
    "name": "zhang.san",
    "password": "……",
    "role": "editor",
    "expires_at": "2027-12-31T00:00:00Z",
}
CHANGED: Final = {**MEMBERS, "active": "true"}
CHANGED.pop("name")
OWN: Final = {"old": "……", "new": "……"}


@router.get("/accounts", name="accounts", summary="全部用户 / All accounts")
def accounts(store: StoreDep) -> Response:
    """Return every account, also those that have ended; passwords are known to nobody."""
    return state_response({"accounts": [key_document(each) for each in store.accounts.list()]})


@router.get("/people", name="people", include_in_schema=False)
def people(request: Request, store: StoreDep, lang: LangDep) -> Response:
    """Return the page on which accounts, groups and keys are managed."""
    return people_page(
        request,
        lang,
        accounts=[key_document(each) for each in store.accounts.list()],
        groups=[group_document(each) for each in store.rights.groups()],
        keys=[key_document(each) for each in store.keys.list()],
    )


@router.get("/account", name="account", include_in_schema=False)
def account(request: Request, own: KeyDep, lang: LangDep) -> Response:
    """Return the page of whoever is signed in, with a form for another password."""
    return account_page(request, lang, own)


@router.post(
    "/accounts",
    name="make-account",
    summary="新建用户 / Make an account",
    status_code=201,
    openapi_extra={"requestBody": json_body(("name", "password", "role"), MEMBERS)},
)
async def make_account(request: Request, store: StoreDep, admin: KeyDep) -> Response:
    """Make an account; the person changes its first password after signing in."""
    document = await read_object(request, known=MEMBERS)
    return await run_in_threadpool(_made, store, document, admin, request.state.request_id)


def _made(store: SqlStore, document: dict[str, Any], admin: Key, request_id: str) -> Response:
    name = text_member(document, "name", limit=LONGEST)
    password = text_member(document, "password", limit=LONGEST_PASSWORD)
    role = text_member(document, "role", limit=LONGEST)
    account = checked(store.accounts.create, name, role, password, expires_at=end_of(document))
    store.audit.add("make-account", outcome="ok", **by(admin, request_id, account))
    return state_response(key_document(account), status=201)


@router.patch(
    "/accounts/{account_id}",
    name="change-account",
    summary="修改用户：角色、期限、停用、密码 / Change an account",
    openapi_extra={"requestBody": json_body((), CHANGED)},
)
async def change_account(
    request: Request,
    account_id: Annotated[str, Path(description="编号 / id")],
    store: StoreDep,
    admin: KeyDep,
) -> Response:
    """Give an account another role, end or password; ``active`` false ends it and its sessions.

    All workers know within five seconds.
    """
    document = await read_object(request, known=CHANGED)
    found = await run_in_threadpool(_known, store, account_id)
    changed = await run_in_threadpool(
        _changed, store, found, document, admin, request.state.request_id
    )
    forget_rights(request)
    return state_response(key_document(changed))


def group_document(group: Group) -> dict[str, Any]:
    """Return what is told of a group."""
    return {
        "id": group.id,
        "name": group.name,
        "created_at": group.created_at,
        "members": list(group.members),
    }


def _known(store: SqlStore, account_id: str) -> Key:
    for account in store.accounts.list():
        if account.id == account_id:
            return account
    raise NotFoundError("account-unknown", id=account_id[:LONGEST])


def _changed(
    store: SqlStore, before: Key, document: Mapping[str, Any], admin: Key, request_id: str
) -> Key:
    role = text_member(dict(document), "role", limit=LONGEST, default=before.role)
    active = is_true(document.get("active", before.revoked_at is None), "active")
    if before.id == admin.id and (role != before.role or not active):
        raise BusyError("account-own", name=before.name)
    if "password" in document:
        password = text_member(dict(document), "password", limit=LONGEST_PASSWORD)
        checked(store.accounts.set_password, before.id, password)
    expires: datetime | None = end_of(document) if "expires_at" in document else before.expires_at
    changed: Key = checked(
        store.accounts.change, before.id, role=role, expires_at=expires, active=active
    )
    changed_names = ", ".join(sorted(document))
    fields = by(admin, request_id, changed)
    fields["reason"] = f"{changed.role} {changed.id}: {changed_names}"
    store.audit.add("change-account", outcome="ok", **fields)
    return changed


@router.put(
    "/account/password",
    name="change-password",
    summary="修改自己的密码 / Change one's own password",
    openapi_extra={"requestBody": json_body(("old", "new"), OWN)},
)
async def change_password(request: Request, store: StoreDep, own: KeyDep) -> Response:
    """Change the password of the account that is signed in; its other sessions end."""
    members = await read_object(request, known=OWN)
    if own.kind != "account":
        raise ForbiddenError("account-only", name=own.name)
    old = text_member(members, "old", limit=LONGEST_PASSWORD)
    new = text_member(members, "new", limit=LONGEST_PASSWORD)
    services = services_of(request)
    address = request.state.gate.address_of(request.scope)
    if await services.passwords.account(own.name, old, address=address) is None:
        raise ForbiddenError("password-old-wrong", loc=("body", "old"))
    token = await run_in_threadpool(_renewed, store, own, new, request.state.request_id)
    forget_rights(request)
    document = {"name": own.name, "role": own.role, "csrf": csrf_token(token)}
    return state_response(document, headers={"Set-Cookie": cookie_of(request.scope, token)})


def _renewed(store: SqlStore, own: Key, password: str, request_id: str) -> str:
    checked(store.accounts.set_password, own.id, password)
    store.audit.add("change-password", outcome="ok", **by(own, request_id, own))
    return store.sessions.begin(own)


def forget_rights(request: Request) -> None:
    """Let this worker ask the store anew who may do what; others do so within seconds."""
    services = services_of(request)
    services.key_ring.forget_all()
    services.session_ring.forget_all()
    services.basic_accounts.forget_all()


def is_true(value: object, name: str) -> bool:
    """Return a member that is true or false.

    Raises
    ------
    RequestError
    """
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise RequestError(
        "parameter-choice",
        loc=("body", name),
        name=name,
        given=str(value)[:80],
        choices="true, false",
    )


def checked(make: Any, *values: Any, **named: Any) -> Any:
    """Return what the store makes of values of a body; what it refuses is the body's fault.

    Raises
    ------
    RequestError
    """
    try:
        return make(*values, **named)
    except ValidationError as fault:
        raise RequestError(fault.code, loc=("body", *fault.loc), **fault.params) from fault
