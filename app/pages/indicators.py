"""The page of the plan's indicators: targets, present values, trends, and the form to report."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.pages.frame import page_response, path_of, render
from app.pages.plan import common_words
from zones.map_page.indicator_trend_svg import trend_svg
from zones.map_page.values import json_block, page_words
from zones.messages import Lang, say
from zones.plan.indicators import VALUES, IndicatorRow, indicator_rows, unusable_values
from zones.snapshot.model import Snapshot

WORDS = "indicator-js-"


@dataclass(frozen=True, slots=True)
class IndicatorGroup:
    """The indicators of a chapter, or of an element's section."""

    title: str
    rows: tuple[IndicatorRow, ...]


def indicators_page(
    request: Request,
    snapshot: Snapshot,
    lang: Lang,
    rows: Sequence[IndicatorRow],
    *,
    element: str | None,
    status: str | None,
) -> Response:
    """Return the indicators that were chosen, by chapter."""
    every = snapshot.derived(indicator_rows)
    own = page_words(lang, WORDS)
    words = {f"{WORDS}{code}": text for code, text in own.items()}
    words["no-answer"] = say("map-no-answer", lang).message
    urls = {"values": path_of(request, "/plan/indicators/values")}
    data = {"lang": lang, "words": words, "urls": urls}
    context = {
        **common_words(lang),
        "plan": snapshot.plan,
        "parts": _parts(rows, snapshot),
        "counts": Counter(row.status for row in every),
        "all_count": len(every),
        "element": element,
        "status": status,
        "trend": lambda row: Markup(trend_svg(row)),  # noqa: S704 - numbers and our own colours
        "unusable": snapshot.derived(unusable_values),
        "values_id": VALUES if VALUES in snapshot.collections else None,
        "data": Markup(json_block(data)),  # noqa: S704 - escaped for a script's text
    }
    html = render(request, "indicators.html", context, lang=lang, current="plan")
    return page_response(html, snapshot.revision)


def _parts(rows: Sequence[IndicatorRow], snapshot: Snapshot) -> list[IndicatorGroup]:
    """Return the rows by the chapter of the text that states them, elements' by their own."""
    found: dict[str, list[IndicatorRow]] = {}
    for row in rows:
        target = row.target
        title = snapshot.plan.element(target.element).name if target.element else ""
        found.setdefault(title or target.ref.chapter_title, []).append(row)
    parts = [IndicatorGroup(title, tuple(each)) for title, each in found.items()]
    return sorted(parts, key=_rank)


def _rank(part: IndicatorGroup) -> tuple[bool, bool, int]:
    """Return where a part stands: by chapter, those that aim at nothing last."""
    has_targets = any(row.target.op is not None for row in part.rows)
    first = part.rows[0].target
    return not has_targets, first.element is not None, first.ref.chapter
