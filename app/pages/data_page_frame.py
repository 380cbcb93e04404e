"""What pages on data have in common: the frame, and how templates find routes and titles."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from app.http.links import Links
from app.pages.frame import in_language, page_response, path_of, render
from zones.messages import Lang

CURRENT = "data"


def data_page(
    request: Request,
    template: str,
    context: Mapping[str, object],
    revision: int,
    *,
    lang: Lang,
    status: int = 200,
) -> Response:
    """Return a page on data; templates find routes by name and titles in the language."""
    links = Links(request)
    html = render(
        request,
        template,
        {
            "route": links.path,
            "titled": in_language(lang, "title"),
            "json_here": _as_json(links),
            **context,
        },
        lang=lang,
        current=CURRENT,
    )
    return page_response(html, revision, status=status)


def in_browser(request: Request, links: Links, address: str) -> str:
    """Return an absolute address of ours as a path, which the browser has from where it is."""
    return path_of(request, address.removeprefix(links.base))


def _as_json(links: Links) -> str:
    return in_browser(links.request, links, links.here(f="json"))
