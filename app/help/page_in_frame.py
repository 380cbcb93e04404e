"""Pages of the manual within the frame, with the addresses that they have for the client."""

import re
from typing import Final

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.help.contents import OWN_ADDRESS, Book, HelpPage, book
from app.http.links import base_url
from app.pages.frame import assets_of, page_response, path_of, render
from zones.messages import Lang

CURRENT: Final = "help"
_OURS: Final = re.compile(r'(href|src)="(at|asset):([^"#]+)')


def contents_page(request: Request, lang: Lang) -> HTMLResponse:
    """Return the table of contents, with a sentence on each page."""
    return page_response(
        render(request, "help/contents.html", _common(lang), lang=lang, current=CURRENT)
    )


def help_page(request: Request, page: HelpPage, lang: Lang) -> HTMLResponse:
    """Return one page with its neighbours."""
    common = _common(lang)
    before, after = common["book"].beside(page.id)
    context = {
        **common,
        "page": page,
        "article": completed(page.text.html, request),
        "before": before,
        "after": after,
        "headings": [each for each in page.text.sections if each.level == 2],  # noqa: PLR2004 - headings below the title
    }
    return page_response(render(request, "help/page.html", context, lang=lang, current=CURRENT))


def _common(lang: Lang) -> dict[str, Book]:
    return {"book": book(lang)}


def completed(html: str, request: Request) -> Markup:
    """Return the text of a page with the addresses that it has for this client.

    Links keep the language that the address asks for; the service's own address in examples is
    that by which the client came.
    """
    assets = assets_of(request)
    lang = {key: value for key, value in request.query_params.items() if key == "lang"}

    def address(match: re.Match[str]) -> str:
        name, kind, path = match.groups()
        if kind == "asset":
            return f'{name}="{escape(path_of(request, assets.url(path)))}'
        page, _, query = path.partition("?")
        joined = f"&amp;{query}" if lang and query else f"?{query}" if query else ""
        return f'{name}="{escape(path_of(request, page, **lang))}{joined}'

    led = _OURS.sub(address, html)
    # Rendered by markdown-it without raw HTML; what is put in here is escaped.
    return Markup(led.replace(OWN_ADDRESS, str(escape(base_url(request.scope)))))  # noqa: S704 - our own pages
