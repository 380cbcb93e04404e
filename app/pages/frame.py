"""What all pages share: templates, words, addresses, the bar on top, and how a page is sent."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta, timezone
from typing import Final
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app import APP_DIR
from app.app_state import services_of
from app.http.links import base_url
from app.pages.assets import Assets
from app.pages.help_topics import topic_of_template
from app.pages.revision_notes import note_in
from zones.drawing.plan_element_colours import ELEMENT_STYLES
from zones.map_page.layer_list import status_word
from zones.map_page.values import json_block
from zones.messages import Lang, say

CHINA: Final = timezone(timedelta(hours=8))
"""Times are shown in that of the district."""

TEMPLATES = Environment(
    loader=FileSystemLoader(APP_DIR / "web" / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["note_in"] = note_in
TEMPLATES.filters["china_time"] = lambda at: f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"

NAV: tuple[tuple[str, str], ...] = (
    ("map", "/map"),
    ("locate", "/locate"),
    ("sketch", "/sketch"),
    ("plan", "/plan"),
    ("areas", "/plan/areas"),
    ("data", "/collections"),
    ("upload", "/upload"),
    ("docs", "/docs"),
    ("help", "/help"),
)

PAGE_IMPORTS = {"lossless-json": "lossless-json/lib/esm/parse.js"}
"""What modules of every page import by name, when they need it."""

NO_STORE = {"Cache-Control": "no-store"}
"""A page holds the nonce of one answer. Kept and revalidated with a 304, it would meet the
policy of another answer, and its scripts would not run; so browsers must not keep it."""


def assets_of(request: Request) -> Assets:
    """Return the servable files."""
    return services_of(request).assets.current()


def nonce_of(request: Request) -> str:
    """Return the nonce that this answer's policy allows scripts by."""
    nonce: str = request.state.csp_nonce
    return nonce


def path_of(request: Request, path: str, **query: str) -> str:
    """Return a path as the browser sees it, behind a proxy that serves us below a folder too."""
    query_string = f"?{urlencode(query)}" if query else ""
    return urlsplit(base_url(request.scope)).path.rstrip("/") + path + query_string


def render(
    request: Request, template: str, context: Mapping[str, object], *, lang: Lang, current: str
) -> str:
    """Return a template filled with values, which are escaped, and with what every page needs.

    Parameters
    ----------
    current
        Which entry of the bar the page is: an id of `NAV`.
    """
    assets = assets_of(request)
    keep = {"lang": lang} if "lang" in request.query_params else {}
    return TEMPLATES.get_template(template).render(
        {
            "lang": lang,
            "current": current,
            "links": [
                (id_, path_of(request, path, **keep)) for id_, path in _bar(template, current)
            ],
            "other_language": _in_other_language(request, lang),
            "styles": ELEMENT_STYLES,
            "session": getattr(request.state, "session", None),
            "here": _here(request),
            "word": lambda code, **values: say(code, lang, **values).message,
            "nonce": nonce_of(request),
            "boundaries": services_of(request).follower.latest.derived(status_word),
            "import_map": _import_map(request, assets),
            "asset": lambda name: path_of(request, assets.url(name)),
            "at": lambda path, **query: path_of(request, path, **{**keep, **query}),
            **context,
        }
    )


def _bar(template: str, current: str) -> Iterator[tuple[str, str]]:
    """Yield the entries of the bar; that to the manual leads to what it says of this page."""
    for id_, path in NAV:
        topic = topic_of_template(template, current) if id_ == "help" else ""
        yield id_, f"{path}/{topic}" if topic else path


def _import_map(request: Request, assets: Assets) -> Markup | None:
    """Return where modules find what they import by name; None where it is not installed."""
    if assets.missing and not PAGE_IMPORTS.keys().isdisjoint(assets.missing):
        return None
    imports = {name: path_of(request, assets.url(file)) for name, file in PAGE_IMPORTS.items()}
    return Markup(json_block({"imports": imports}))  # noqa: S704 - escaped for a script's text


def page_response(html: str, revision: int | None = None, *, status: int = 200) -> HTMLResponse:
    """Return the page with its revision, not to be kept.

    Its tag is another than that of the JSON at the same address: a browser that holds the JSON
    asks for the page with the tag of what it holds, and would show the JSON on a 304.
    """
    revision_headers = (
        {} if revision is None else {"ETag": f'"r{revision}-html"', "X-Revision": str(revision)}
    )
    return HTMLResponse(html, status, {**NO_STORE, **revision_headers})


def missing_page(request: Request, lang: Lang, *, current: str) -> HTMLResponse:
    """Return the page that says which packages are not installed and how to install them."""
    context = {"missing": assets_of(request).missing}
    html = render(request, "missing.html", context, lang=lang, current=current)
    return page_response(html, status=503)


def _here(request: Request) -> str:
    """Return the page's own address as the browser sees it, to come back to."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return path_of(request, path, **dict(request.query_params))


def _in_other_language(request: Request, lang: Lang) -> str:
    parameters = {name: value for name, value in request.query_params.items() if name != "lang"}
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return path_of(request, path, **parameters, lang="zh" if lang == "en" else "en")


def in_language(lang: Lang, usual: str) -> Callable[..., str]:
    """Return a function to a field of a thing, by default ``usual``, in the page's language."""

    def text(thing: object, field: str = usual) -> str:
        english = getattr(thing, f"{field}_en", None) if lang == "en" else None
        return str(english or getattr(thing, field) or "")

    return text
