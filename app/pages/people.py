"""Pages about people: accounts, groups and keys, rights in a collection, the audit log."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.pages.audit_reasons import reason_text
from app.pages.frame import CHINA, page_response, render
from zones.map_page.values import json_block, page_words
from zones.messages import Lang, say
from zones.model import CollectionInfo
from zones.store.sql.records import ROLES, Key

WORDS: Final = "people-"
ACTIONS: Final = (
    "sign-in",
    "request",
    "edit",
    "import",
    "restore",
    "report-indicators",
    "make-collection",
    "describe-collection",
    "drop-collection",
    "give-rights",
    "make-account",
    "change-account",
    "change-password",
    "make-group",
    "change-group",
    "drop-group",
    "make-key",
    "revoke-key",
    "seed-upgrade",
    "prune",
    "webhook",
)
"""What the audit log calls what people do, in the order that the page's filter offers it."""


def people_page(
    request: Request,
    lang: Lang,
    *,
    accounts: Sequence[Mapping[str, Any]],
    groups: Sequence[Mapping[str, Any]],
    keys: Sequence[Mapping[str, Any]],
) -> Response:
    """Return the page on which administrators manage accounts, groups and keys."""
    names = {each["id"]: each["name"] for each in (*accounts, *keys)}
    more = {"accounts": accounts, "groups": groups, "keys": keys, "names": names}
    return _page(request, lang, "people.html", more)


def rights_page(
    request: Request, lang: Lang, info: CollectionInfo, document: Mapping[str, Any]
) -> Response:
    """Return the page on which those who manage a collection say who may do what in it."""
    roles = {each["id"]: each["role"] for each in document["rights"]}
    holders = sorted(document["holders"], key=lambda each: each["id"] not in roles)
    title = info.title_en if lang == "en" else info.title
    more = {"info": info, "title": title, "held": roles, "holders": holders}
    return _page(request, lang, "rights.html", more)


def audit_page(
    request: Request,
    lang: Lang,
    entries: Sequence[Mapping[str, Any]],
    *,
    filters: Mapping[str, str],
    more: int | None,
    titles: Mapping[str, str],
    names: Mapping[str, str],
) -> Response:
    """Return the audit log.

    Parameters
    ----------
    more
        Where the page of older lines begins.
    titles, names
        Titles of collections, and names of people, groups and keys, by their ids.
    """
    shown = [
        {
            **each,
            "at": each["at"].astimezone(CHINA),
            "title": titles.get(each["collection"] or ""),
            "reason": reason_text(
                each["action"], each["outcome"], each["reason"], lang=lang, names=names
            ),
        }
        for each in entries
    ]
    actions = {name: say(f"{WORDS}action-{name}", lang).message for name in ACTIONS}
    context = {"entries": shown, "asked": filters, "more": more, "actions": actions}
    context["collections"] = titles
    return _page(request, lang, "audit.html", context)


def account_page(request: Request, lang: Lang, key: Key) -> Response:
    """Return the page of whoever is signed in."""
    return _page(request, lang, "account.html", {"key": key})


def _page(request: Request, lang: Lang, template: str, more: Mapping[str, Any]) -> Response:
    words = {f"{WORDS}{code}": text for code, text in page_words(lang, WORDS).items()}
    data = {"lang": lang, "words": page_words(lang) | words}
    context = {
        "data": Markup(json_block(data)),  # noqa: S704 - no "<" in it
        "roles": ROLES,
        **more,
    }
    return page_response(render(request, template, context, lang=lang, current="account"))
