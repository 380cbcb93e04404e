"""The page of the conflicts in the plan's text, and of the sites that it gives no position."""

from collections import defaultdict
from collections.abc import Sequence

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.pages.frame import page_response, render
from app.pages.plan import common_words
from zones.map_page.small_map_svg import marked_sketch
from zones.messages import Lang
from zones.plan.conflicts import ConflictRow
from zones.snapshot.model import Snapshot


def conflicts_page(
    request: Request,
    snapshot: Snapshot,
    lang: Lang,
    rows: Sequence[ConflictRow],
    sites: Sequence[tuple[str, str, str | None]],
) -> Response:
    """Return every conflict with its place on a small map."""
    listed: defaultdict[str | None, list[tuple[str, str]]] = defaultdict(list)
    for fid, name, element in sites:
        listed[element].append((fid, name))
    context = {
        **common_words(lang),
        "plan": snapshot.plan,
        "rows": rows,
        "sketches": {row.conflict.id: _sketch(snapshot, row) for row in rows},
        "unplaced": listed,
        "unplaced_count": len(sites),
    }
    html = render(request, "conflicts.html", context, lang=lang, current="plan")
    return page_response(html, snapshot.revision)


def _sketch(snapshot: Snapshot, row: ConflictRow) -> Markup:
    if not row.areas:
        return Markup("")
    # The sketch is numbers and our own colours; see zones.map_page.small_map_svg.
    return Markup(marked_sketch(snapshot, "disputes", {area.id for area in row.areas}))  # noqa: S704 - a drawing of ours
