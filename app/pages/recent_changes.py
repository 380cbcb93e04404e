"""The page of what changed lately."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.pages.frame import page_response, render
from zones.messages import Lang
from zones.plan.seed import SEED_SOURCE
from zones.snapshot.model import Snapshot


def changes_page(
    request: Request, snapshot: Snapshot, lang: Lang, found: Sequence[dict[str, Any]]
) -> Response:
    """Return the latest revisions, each leading to the histories of what it changed."""
    titles = {
        id_: (entry.info.title_en if lang == "en" else entry.info.title) or id_
        for id_, entry in snapshot.parts.items()
    }
    context = {"changes": found, "titles": titles, "seed_source": SEED_SOURCE}
    html = render(request, "changes.html", context, lang=lang, current="data")
    return page_response(html, snapshot.revision)
