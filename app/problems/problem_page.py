"""A fault as people see it: a page that says what is wrong, where, and how to mend it."""

from collections.abc import Iterable
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.help.contents import book
from app.http.fault_status import RequestFaultsError
from app.http.tracking_parameters import is_for_browser
from app.pages.frame import page_response, render
from app.pages.help_topics import topic_of_problem
from zones.errors import ZonesError
from zones.messages import Lang

_NEVER: Final = frozenset({"server-error", "address-too-long", "headers-too-long"})
"""Codes told as briefly as can be: making a page might fail again, or repeat what was too long."""


def wants_page(request: Request, fault: ZonesError) -> bool:
    """Return whether a browser goes to the address, and asks for no JSON by ``f``.

    What scripts fetch prefers no page, and posted forms are read by scripts.
    """
    return fault.code not in _NEVER and is_for_browser(request)


def problem_page(
    fault: ZonesError, request: Request, *, status: int, title: str, lang: Lang
) -> HTMLResponse:
    """Return the page of a fault, with everything that is wrong if it is more than one thing."""
    faults = fault.faults if isinstance(fault, RequestFaultsError) else (fault,)
    context = {
        "status": status,
        "title": title,
        "faults": [each.text(lang) for each in faults],
        "help": help_links([each.code for each in faults], lang),
        "request_id": getattr(request.state, "request_id", None),
    }
    html = render(request, "problem.html", context, lang=lang, current="")
    return page_response(html, status=status)


def wants_brief_page(request: Request, fault: ZonesError) -> bool:
    """Return whether a browser meets what nobody foresaw: making a whole page might fail again."""
    return fault.code == "server-error" and is_for_browser(request)


def brief_page(fault: ZonesError, *, status: int, title: str, lang: Lang) -> HTMLResponse:
    """Return a page of a few words, made of nothing but them."""
    text = fault.text(lang)
    words = "".join(f"<p>{escape(each)}</p>" for each in (text.message, text.hint) if each)
    html = (
        f'<!doctype html><html lang="{"zh-CN" if lang == "zh" else "en"}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><h1>{escape(title)} {status}</h1>{words}"
    )
    return page_response(html, status=status)


def help_links(codes: Iterable[str], lang: Lang) -> dict[str, str]:
    """Return the pages of the manual that help with these problems: titles by id."""
    manual = book(lang)
    topics = dict.fromkeys(topic_of_problem(code) for code in codes)
    return {page.id: page.text.title for page in manual.pages() if page.id in topics}


def meaning_page(
    request: Request, code: str, *, message: str, hint: str | None, lang: Lang
) -> HTMLResponse:
    """Return the page of what a problem means, whatever the occasion."""
    context = {"code": code, "message": message, "hint": hint, "help": help_links([code], lang)}
    html = render(request, "problem_meaning.html", context, lang=lang, current="")
    return page_response(html)
