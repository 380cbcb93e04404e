"""Two kinds of routes: both refuse query parameters they do not know, pages aside; one is lean."""

import difflib
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import request_response

from app.http.fault_status import RequestError, RequestFaultsError
from app.http.tracking_parameters import is_for_browser

EVERYWHERE = frozenset({"lang"})
"""Parameters that every address takes."""


class StrictRoute(APIRoute):
    """A route whose query parameters are those that it declares, each given once.

    OGC API Features, /req/core/query-param-unknown and query-param-invalid: anything else is
    400. Parameters are declared as FastAPI reads them, or in ``openapi_extra``.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler behind the check."""
        known = self.known_parameters()
        has_page = "f" in known or not self.include_in_schema
        handler = super().get_route_handler()

        async def checked(request: Request) -> Response:
            if request.scope["query_string"]:
                check_parameters(request, known, has_page=has_page)
            return await handler(request)

        return checked

    def known_parameters(self) -> frozenset[str]:
        """Return the names of the query parameters that the route takes."""
        extra = (self.openapi_extra or {}).get("parameters", [])
        declared = {entry["name"] for entry in extra if entry.get("in") == "query"}
        return EVERYWHERE | declared | frozenset(_aliases(self.dependant))


class LeanRoute(StrictRoute):
    """A route whose endpoint takes the request and returns the response, with nothing between.

    FastAPI's dependencies and exit stacks cost more than a point's look-up (measured: a bare
    answer is served twice as often without them), so the endpoint reads its parameters itself
    and declares them in ``openapi_extra``.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(path, endpoint, **kwargs)
        self.app = request_response(endpoint)


def check_parameters(request: Request, known: frozenset[str], *, has_page: bool = True) -> None:
    """Refuse unknown and repeated query parameters; where there is a page, the repeated ones alone.

    What messengers and campaigns append to an address is nothing that its reader could mend.

    Raises
    ------
    RequestFaultsError
    """
    query = request.query_params
    if has_page and is_for_browser(request) and query.get("f", "html") == "html":
        query = QueryParams([pair for pair in query.multi_items() if pair[0] in known])
    check_known(query, known)


def check_known(query: QueryParams, known: frozenset[str]) -> None:
    """Refuse unknown and repeated query parameters.

    Raises
    ------
    RequestFaultsError
        Naming every one of them.
    """
    names = [name for name, _ in query.multi_items()]
    if len(names) == len(set(names)) and known.issuperset(names):
        return
    faults = [_unknown(name, known) for name in dict.fromkeys(names) if name not in known]
    faults += [
        RequestError("parameter-twice", loc=("query", name), name=name)
        for name in dict.fromkeys(names)
        if name in known and names.count(name) > 1
    ]
    raise RequestFaultsError(faults)


def _unknown(name: str, known: frozenset[str]) -> RequestError:
    # The likeliest spelling comes first in the hint.
    close = difflib.get_close_matches(name[:40], known, n=1)
    listed = ", ".join([*close, *sorted(known.difference(close))])
    return RequestError("parameter-unknown", loc=("query", name[:80]), name=name[:80], known=listed)


def _aliases(dependant: Dependant) -> Iterable[str]:
    for field in dependant.query_params:
        yield field.alias
    for child in dependant.dependencies:
        yield from _aliases(child)
