"""A fault as clients see it: an RFC 9457 problem document, in the language they asked for."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.http.fault_status import (
    MethodError,
    NotFoundError,
    RequestError,
    RequestFaultsError,
    status_of,
)
from app.http.language import requested_language
from app.http.links import base_url
from app.http.raw_headers import ARCGIS, own_path, wants_basic
from app.problems.esri_error import esri_fault_response
from app.problems.problem_page import (
    brief_page,
    problem_page,
    wants_brief_page,
    wants_page,
)
from zones.errors import ZonesError
from zones.messages import Lang, catalogue, say

PROBLEM_JSON = "application/problem+json"


def fault_json(fault: ZonesError, lang: Lang) -> dict[str, object]:
    """Return one entry of ``errors``: where, which, what is wrong and how to mend it."""
    text = fault.text(lang)
    return {
        "loc": list(fault.loc),
        "code": fault.code,
        "message": text.message,
        "hint": text.hint or None,
    }


def problem_json(
    fault: ZonesError, request: Request, *, status: int, lang: Lang
) -> dict[str, object]:
    """Return the RFC 9457 document of a fault."""
    text = fault.text(lang)
    faults = fault.faults if isinstance(fault, RequestFaultsError) else (fault,) * bool(fault.loc)
    document: dict[str, object] = {
        "type": f"{base_url(request.scope)}/problems/{fault.code}",
        "title": title_of(status, lang),
        "status": status,
        "detail": str(text),
        "instance": quote(request.scope["path"]),
        "request_id": getattr(request.state, "request_id", None),
    }
    if faults:
        document["errors"] = [fault_json(each, lang) for each in faults]
    return document


def title_of(status: int, lang: Lang) -> str:
    """Return the status in words."""
    code = f"status-{status}"
    return say(code, lang).message if code in catalogue() else HTTPStatus(status).phrase


def problem_response(
    fault: ZonesError,
    request: Request,
    *,
    status: int | None = None,
    extra: Mapping[str, object] | None = None,
) -> Response:
    """Return the answer to a request that failed: a document, or a page for a browser.

    Parameters
    ----------
    status
        Where it is not that of `status_of`.
    extra
        Further members of the document.
    """
    lang = requested_language(request)
    if own_path(request.scope).startswith(ARCGIS):
        return esri_fault_response(fault, lang)
    status = status or status_of(fault)
    if wants_page(request, fault):
        page = problem_page(fault, request, status=status, title=title_of(status, lang), lang=lang)
        page.headers.update({"Content-Language": lang, **_headers(fault, status, request)})
        return page
    if wants_brief_page(request, fault):
        return brief_page(fault, status=status, title=title_of(status, lang), lang=lang)
    document = {**problem_json(fault, request, status=status, lang=lang), **(extra or {})}
    headers = {
        "Content-Language": lang,
        "Cache-Control": "no-store",
        **_headers(fault, status, request),
    }
    return Response(orjson.dumps(document), status, headers, media_type=PROBLEM_JSON)


def _headers(fault: ZonesError, status: int, request: Request) -> dict[str, str]:
    if status == HTTPStatus.UNAUTHORIZED:
        error = ', error="invalid_token"' if fault.code == "key-wrong" else ""
        basic = ', Basic realm="heping-zones", charset="UTF-8"'
        also = basic if wants_basic(request.scope, own_path(request.scope)) else ""
        return {"WWW-Authenticate": f'Bearer realm="heping-zones"{error}{also}'}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return {"Allow": str(fault.params["allowed"])}
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        return {"Retry-After": str(fault.params.get("seconds", 5))}
    return {}


def add_error_handlers(app: FastAPI) -> None:
    """Make every fault that a route raises a problem document."""
    app.add_exception_handler(ZonesError, _domain_fault)
    app.add_exception_handler(HTTPException, _framework_fault)
    app.add_exception_handler(RequestValidationError, _validation_fault)


async def _domain_fault(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, ZonesError)  # noqa: S101 - registered for this class alone
    return problem_response(fault, request)


async def _framework_fault(request: Request, fault: Exception) -> Response:
    """Reword what the framework raises by itself: no such path, no such method."""
    assert isinstance(fault, HTTPException)  # noqa: S101 - registered for this class alone
    path = request.scope["path"][:200]
    if fault.status_code == HTTPStatus.NOT_FOUND:
        return problem_response(NotFoundError("not-found", path=path), request)
    if fault.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # The framework names the methods of the first route at the path only.
        allowed = ", ".join(sorted(methods_at(request)))
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": allowed})
        wrong = MethodError("method-not-allowed", path=path, method=request.method, allowed=allowed)
        return problem_response(wrong, request)
    other = RequestError("http-fault", status=fault.status_code)
    return problem_response(other, request, status=fault.status_code)


def methods_at(request: Request) -> set[str]:
    """Return the methods that some route takes at the request's path."""
    found: set[str] = set()
    for route in request.app.router.routes:
        match, _ = route.matches({**request.scope, "path_params": {}})
        if match.value:
            found |= getattr(route, "methods", None) or set()
    return found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set())


async def _validation_fault(request: Request, fault: Exception) -> Response:
    """Reword what the framework finds in declared parameters; 400 as the contract says."""
    assert isinstance(fault, RequestValidationError)  # noqa: S101 - registered for this class
    faults = [_declared_fault(error) for error in fault.errors()]
    return problem_response(RequestFaultsError(faults), request)


def _declared_fault(error: Mapping[str, Any]) -> RequestError:
    loc = tuple(error["loc"])
    name = str(loc[-1])
    if error["type"] == "missing":
        return RequestError("parameter-missing", loc=loc, name=name)
    return RequestError("parameter-invalid", loc=loc, name=name, given=str(error["input"])[:80])
