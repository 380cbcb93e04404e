"""Signing in with a key from a browser, and signing out."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.auth.browser_session import cookie_of, csrf_token, session_token
from app.auth.gate import LONGEST_KEY
from app.auth.password_sign_in import LONGEST_PASSWORD, account_of
from app.dependencies import LangDep, StoreDep
from app.http.fault_status import UnauthorizedError
from app.http.json_body import read_object, text_member
from app.http.responses import state_response
from app.http.route_classes import StrictRoute
from app.openapi.document import json_body
from app.pages.frame import page_response, path_of, render
from app.settings import Settings
from zones.messages import Lang, say
from zones.store.sql.records import Key

router = APIRouter(route_class=StrictRoute, tags=["session"])

OWN_PATH: Final = re.compile(r"/(?![/\\])[A-Za-z0-9_~!$&'()*+,;=:@%./?-]*")
"""Printable ASCII: browsers pass over tabs, and take a backslash for a slash."""
MEMBERS: Final = {"name": "zhang.san", "password": "……", "key": "hz_…"}


@router.post(
    "/session",
    name="sign-in",
    summary="浏览器登录 / Sign in from a browser",
    openapi_extra={"requestBody": json_body((), MEMBERS)},
)
async def sign_in(request: Request, store: StoreDep) -> Response:
    """Begin a session: a cookie, and a CSRF token for ``X-CSRF-Token`` on writes.

    By ``name`` and ``password`` of an account, or by a ``key``.

    The body is JSON, which a form of another site cannot send.
    """
    members = await read_object(request, known=MEMBERS)
    key = await (_by_key if "key" in members else _by_password)(request, members)
    token = await run_in_threadpool(store.sessions.begin, key)
    document: dict[str, Any] = {"name": key.name, "role": key.role, "kind": key.kind}
    document["csrf"] = csrf_token(token)
    headers = {"Set-Cookie": cookie_of(request.scope, token)}
    return state_response(document, status=200, headers=headers)


async def _by_key(request: Request, document: dict[str, Any]) -> Key:
    secret = text_member(document, "key", limit=LONGEST_KEY)
    found: Key = await request.state.gate.known_key(request.scope, secret)
    return found


async def _by_password(request: Request, document: dict[str, Any]) -> Key:
    name = text_member(document, "name", limit=LONGEST_PASSWORD)
    password = text_member(document, "password", limit=LONGEST_PASSWORD)
    return await account_of(request, name, password)


@router.delete("/session", name="sign-out", summary="退出登录 / Sign out", status_code=204)
async def sign_out(request: Request, store: StoreDep) -> Response:
    """End the session, on every worker within three seconds."""
    token = session_token(request.scope)
    if token is None or getattr(request.state, "session", None) is None:
        raise UnauthorizedError("session-none")
    await run_in_threadpool(store.sessions.end, token)
    services_of(request).session_ring.forget(token)
    return Response(status_code=204, headers={"Set-Cookie": cookie_of(request.scope, None)})


@router.get("/signin", name="signin-page", include_in_schema=False)
def signin_page(
    request: Request,
    store: StoreDep,
    lang: LangDep,
    after: Annotated[str | None, Query(alias="next", description="登录后去哪里 / then")] = None,
) -> Response:
    """Return the page to sign in on; it leads to ``next`` afterwards, if that is a path of ours."""
    is_ours = after is not None and OWN_PATH.fullmatch(after) is not None
    by_name = any(account.valid_at(datetime.now(UTC)) for account in store.accounts.list())
    context = {
        "by_name": by_name,
        "next": after if is_ours else path_of(request, "/upload"),
        "oidc": _title_of_provider(services_of(request).settings, lang),
    }
    return page_response(render(request, "signin.html", context, lang=lang, current="signin"))


def _title_of_provider(settings: Settings, lang: Lang) -> str:
    """Return what the page calls the provider of OpenID Connect; empty without one."""
    usual = say("session-oidc-title", lang).message
    return (settings.oidc_title or usual) if settings.oidc_issuer else ""
