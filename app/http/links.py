"""Absolute links, built from the names of routes and the address that clients use."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.routing import BaseRoute, NoMatchFound, Route
from starlette.types import Scope

from app.app_state import services_for, services_of
from app.http.raw_headers import header

# What a Host header may look like; anything else is not repeated in an answer.
_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?")


NamedRoutes = Mapping[tuple[str, frozenset[str]], Route]

_SHORT = 40  # a word or a number, which comes again; boxes hardly do


def base_url(scope: Scope) -> str:
    """Return the service's own address without a final slash.

    The setting ``public_url`` when it is set; else the scheme, the Host header (when it is one)
    and the path that the service is mounted at.
    """
    settings = services_for(scope).settings
    if settings.public_url:
        return settings.public_url.rstrip("/")
    return f"{scope.get('scheme', 'http')}://{_host(scope)}{scope.get('root_path', '')}"


def _host(scope: Scope) -> str:
    host = (header(scope, b"host") or b"").decode("latin-1")
    if _HOST.fullmatch(host):
        return host
    address, port = scope.get("server") or ("localhost", None)
    return f"{address}:{port}" if port else f"{address}"


Query = Iterable[tuple[str, str]]


class Links:
    """Makes the links of one answer."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.base = base_url(request.scope)

    def to(self, route: str, *, query: Query = (), **path_params: str) -> str:
        """Return the absolute address of a named route.

        Raises
        ------
        starlette.routing.NoMatchFound
            If no route has the name and these path parameters.
        """
        address = f"{self.base}{self.path(route, **path_params)}"
        query_string = urlencode(list(query)) if query else ""
        return f"{address}?{query_string}" if query_string else address

    def path(self, route: str, **path_params: str) -> str:
        """Return the path of a named route below the service's own address."""
        found = named_route(services_of(self.request).named_routes, route, path_params)
        return written_path(found.path_format, tuple(path_params.items()))

    def here(self, **changed: str) -> str:
        """Return this request's address with some query parameters set anew, the others kept."""
        return self.here_without(**changed)

    def here_without(self, *left_out: str, **changed: str) -> str:
        """Return this request's address without some query parameters, others set anew."""
        pairs = [
            written for name, written in self._query if name not in changed and name not in left_out
        ]
        query_string = "&".join([*pairs, *(written_pair(*pair) for pair in changed.items())])
        return f"{self._address}?{query_string}" if query_string else self._address

    @cached_property
    def _query(self) -> list[tuple[str, str]]:
        """Each parameter of the request's query, and it as an address has it."""
        pairs = self.request.query_params.multi_items()
        return [(name, written_pair(name, value)) for name, value in pairs]

    @cached_property
    def _address(self) -> str:
        scope = self.request.scope
        return self.base + quote(scope["path"].removeprefix(scope.get("root_path", "")))


def written_pair(name: str, value: str) -> str:
    """Return a parameter of a query as an address has it."""
    short = len(name) + len(value) <= _SHORT
    return _written_short(name, value) if short else urlencode([(name, value)])


@lru_cache(maxsize=4096)
def _written_short(name: str, value: str) -> str:
    return urlencode([(name, value)])


@lru_cache(maxsize=4096)
def written_path(path_format: str, path_params: tuple[tuple[str, str], ...]) -> str:
    """Return the path that a route has with these parameters, as an address has it."""
    return quote(path_format.format(**dict(path_params)))


def routes_by_name(routes: Iterable[BaseRoute]) -> NamedRoutes:
    """Return the routes by name and parameters; of several alike, the first."""
    found: dict[tuple[str, frozenset[str]], Route] = {}
    for route in routes:
        if isinstance(route, Route):
            found.setdefault((route.name, frozenset(route.param_convertors)), route)
    return found


def named_route(routes: NamedRoutes, name: str, path_params: Iterable[str]) -> Route:
    """Return the route of that name and those parameters.

    Asking the application goes through all routes each time: a sixth of a page's cost.

    Raises
    ------
    starlette.routing.NoMatchFound
    """
    try:
        return routes[(name, frozenset(path_params))]
    except KeyError:
        raise NoMatchFound(name, dict.fromkeys(path_params, "")) from None


def link(href: str, rel: str, media_type: str | None = None, title: str = "") -> dict[str, str]:
    """Return a link object of OGC API."""
    found = {"href": href, "rel": rel}
    if media_type:
        found["type"] = media_type
    if title:
        found["title"] = title
    return found
