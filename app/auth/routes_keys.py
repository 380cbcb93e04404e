"""Keys, for administrators."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import KeyDep, StoreDep
from app.http.fault_status import NotFoundError, RequestError
from app.http.json_body import read_object, text_member
from app.http.responses import state_response
from app.http.route_classes import StrictRoute
from app.openapi.document import json_body
from zones.store.sql.records import AuditFields, Key
from zones.store.sql.store import SqlStore

router = APIRouter(route_class=StrictRoute, tags=["access"])

LONGEST_NAME = 100
MEMBERS = {"name": "测绘科 / survey office", "role": "editor", "expires_at": "2027-12-31T00:00:00Z"}


@router.get("/keys", name="keys", summary="全部密钥，不含密文 / All keys, without their secrets")
def keys(store: StoreDep) -> Response:
    """Return every key, also revoked ones; secrets are known to nobody but their holders."""
    return state_response({"keys": [key_document(key) for key in store.keys.list()]})


@router.post(
    "/keys",
    name="make-key",
    summary="新建密钥，密文只显示这一次 / Make a key; its secret is shown once",
    status_code=201,
    openapi_extra={"requestBody": json_body(("name", "role"), MEMBERS)},
)
async def make_key(request: Request, store: StoreDep, admin: KeyDep) -> Response:
    """Make a key."""
    document = await read_object(request, known=MEMBERS)
    return await run_in_threadpool(made_key, store, document, admin, request.state.request_id)


def made_key(store: SqlStore, document: dict[str, Any], admin: Key, request_id: str) -> Response:
    """Make the key that a JSON object asks for and return the answer that shows it."""
    name = text_member(document, "name", limit=LONGEST_NAME)
    role = text_member(document, "role", limit=LONGEST_NAME)
    key, secret = store.keys.create(name, role, expires_at=end_of(document))
    store.audit.add("make-key", outcome="ok", **by(admin, request_id, key))
    return state_response({**key_document(key), "secret": secret}, status=201)


def end_of(document: Mapping[str, Any]) -> datetime | None:
    """Return when the key shall expire; None when it shall not.

    Raises
    ------
    RequestError
        If the time is not RFC 3339.
    """
    if document.get("expires_at") in (None, ""):
        return None
    text = text_member(dict(document), "expires_at", limit=40)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise RequestError(
            "parameter-invalid", loc=("body", "expires_at"), name="expires_at", given=text
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@router.delete("/keys/{key_id}", name="revoke-key", summary="吊销密钥 / Revoke a key")
def revoke_key(
    request: Request,
    key_id: Annotated[str, Path(description="编号 / id")],
    store: StoreDep,
    admin: KeyDep,
) -> Response:
    """Revoke a key; all workers refuse it within five seconds."""
    key = store.keys.revoke(key_id)
    if key is None:
        raise NotFoundError("key-unknown", id=key_id)
    store.audit.add("revoke-key", outcome="ok", **by(admin, request.state.request_id, key))
    return state_response(key_document(key))


def key_document(key: Key) -> dict[str, Any]:
    """Return what may be told of a key."""
    members = {name: value for name, value in asdict(key).items() if name not in ("grants", "kind")}
    return {**members, "valid": key.valid_at(datetime.now(UTC))}


def by(admin: Key, request_id: str, key: Key) -> AuditFields:
    """Return who did something to which key, for the audit log."""
    return {
        "who": admin.name,
        "key_id": admin.id,
        "request_id": request_id,
        "reason": f"{key.role} {key.id}",
    }
