"""The page on which two or three elements stand side by side."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from app.pages.frame import page_response, render
from app.pages.plan import common_words, compared, element_map
from zones.messages import Lang
from zones.plan.compare_elements import MOST, Comparison
from zones.snapshot.model import Snapshot


def compare_page(
    request: Request,
    snapshot: Snapshot,
    lang: Lang,
    found: Comparison | None,
    *,
    chosen: Sequence[str],
) -> Response:
    """Return the comparison, or without one the choice of what to compare."""
    sides = found.sides if found else ()
    context = {
        **common_words(lang),
        "plan": snapshot.plan,
        "comparison": found,
        "compared": {side.id: compared(side.profile.measure) for side in sides},
        "sketches": {side.id: element_map(snapshot, side.id) for side in sides},
        "chosen": [*chosen, *[""] * MOST][:MOST],
        "shared_address": ",".join(side.id for side in sides),
    }
    html = render(request, "compare.html", context, lang=lang, current="plan")
    return page_response(html, snapshot.revision)
