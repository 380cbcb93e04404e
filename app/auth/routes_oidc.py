"""Signing in at a provider of OpenID Connect, where the settings name one."""

import base64
import binascii
from http.cookies import CookieError, SimpleCookie
from typing import Annotated, Final

import orjson
from anyio import from_thread
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.auth.browser_session import cookie_of
from app.auth.oidc_provider import OidcProvider, SignInAttempt
from app.auth.routes_session import OWN_PATH
from app.dependencies import LangDep, StoreDep
from app.http.fault_status import NotFoundError, TooManyError, UnauthorizedError
from app.http.links import base_url
from app.pages.frame import page_response, path_of, render
from zones.errors import ZonesError
from zones.store.sql.records import AuditFields
from zones.store.sql.store import SqlStore

router = APIRouter(tags=["session"])

COOKIE: Final = "zones_oidc"
LASTS_S: Final = 600
LONGEST: Final = 4_000


@router.get("/signin/oidc", name="oidc-begin", include_in_schema=False)
def begin(request: Request, after: Annotated[str | None, Query(alias="next")] = None) -> Response:
    """Send the browser to the provider; a cookie holds what its answer must fit."""
    is_ours = after is not None and OWN_PATH.fullmatch(after) is not None
    attempt = SignInAttempt.new(after if after and is_ours else path_of(request, "/upload"))
    address = _provider(request).address(attempt, redirect_uri=_callback(request))
    written = base64.urlsafe_b64encode(orjson.dumps(attempt.as_json())).decode()
    headers = {"Location": address, "Set-Cookie": _cookie(request, written, LASTS_S)}
    return Response(status_code=303, headers=headers)


@router.get("/signin/oidc/callback", name="oidc-callback", include_in_schema=False)
def callback(request: Request, store: StoreDep, lang: LangDep) -> Response:
    """Begin a session for whom the provider has sent back.

    By a page that leads on, not by a redirection: browsers keep a strict cookie from a request that
    another site began, and the first page would be that of somebody signed out.
    """
    gate = request.state.gate
    address = gate.address_of(request.scope)
    if seconds := gate.failures.seconds_to_wait(address):
        raise TooManyError("too-many-failures", seconds=seconds)
    attempt = _attempt(request)
    try:
        token = _session(request, store, attempt)
    except ZonesError as fault:
        if isinstance(fault, UnauthorizedError):
            gate.failures.add(address)
        from_thread.run(_note_refusal, request, address, fault)
        raise
    html = render(request, "signed_in.html", {"next": attempt.after}, lang=lang, current="signin")
    answer = page_response(html, store.revision())
    answer.headers["Refresh"] = f"0; url={attempt.after}"
    answer.headers.append("Set-Cookie", cookie_of(request.scope, token))
    answer.headers.append("Set-Cookie", _cookie(request, "", 0))
    return answer


def _session(request: Request, store: SqlStore, attempt: SignInAttempt) -> str:
    answer = dict(request.query_params)
    identity = _provider(request).identity(attempt, answer, redirect_uri=_callback(request))
    account = store.provider_accounts.signed_in(identity)
    if account is None:
        raise UnauthorizedError("oidc-account-ended")
    store.audit.add(
        "sign-in",
        outcome="ok",
        who=account.name,
        key_id=account.id,
        request_id=request.state.request_id,
        reason="oidc",
    )
    return store.sessions.begin(account)


async def _note_refusal(request: Request, address: str, fault: ZonesError) -> None:
    fields: AuditFields = {"request_id": request.state.request_id}
    fields["reason"] = f"oidc: {fault.code}"
    await services_of(request).refusals.note("sign-in", source=address, fields=fields)


def _provider(request: Request) -> OidcProvider:
    provider = services_of(request).oidc
    if provider is None:
        raise NotFoundError("oidc-off")
    return provider


def _callback(request: Request) -> str:
    return f"{base_url(request.scope)}/signin/oidc/callback"


def _attempt(request: Request) -> SignInAttempt:
    """Return what the browser kept.

    Raises
    ------
    UnauthorizedError
        If it kept nothing: the answer belongs to another browser, or came too late.
    """
    try:
        morsel = SimpleCookie(request.headers.get("cookie", "")[:LONGEST]).get(COOKIE)
        kept = orjson.loads(base64.urlsafe_b64decode(morsel.value if morsel else ""))
        attempt = SignInAttempt(**kept)
    except (CookieError, binascii.Error, orjson.JSONDecodeError, TypeError) as error:
        raise UnauthorizedError("oidc-refused", reason="cookie") from error
    if not all(isinstance(each, str) for each in attempt.as_json().values()):
        raise UnauthorizedError("oidc-refused", reason="cookie")
    if OWN_PATH.fullmatch(attempt.after) is None:
        raise UnauthorizedError("oidc-refused", reason="next")
    return attempt


def _cookie(request: Request, value: str, age_s: int) -> str:
    address = base_url(request.scope)
    path = "/" + address.partition("://")[2].partition("/")[2]
    secure = "; Secure" if address.startswith("https:") else ""
    return f"{COOKIE}={value}; Path={path}; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}"
