"""Pages of text and tables; each takes values that were asked of ``zones`` and returns a page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.pages.frame import assets_of, in_language, missing_page, page_response, path_of, render
from app.visible_collections import snapshot_of_request
from zones.map_page.small_map_svg import element_sketch
from zones.messages import Lang
from zones.plan.difference_verdict import judgement_of
from zones.plan.element_profile import ElementProfile
from zones.plan.indicator_status import STATUSES
from zones.plan.indicators import indicator_rows
from zones.plan.planned_and_measured import ElementMeasure, areas_table
from zones.snapshot.model import Snapshot

SIGNS = {"good": "✔", "warning": "▲", "bad": "✖", "open": "○", "none": "–"}
"""A status is told by a sign and in words; colour only repeats it."""

DOCS_PACKAGE = "swagger-ui-dist"


def docs_page(request: Request, lang: Lang) -> Response:
    """Return the documentation page, or the page that says what it lacks."""
    if DOCS_PACKAGE in assets_of(request).missing:
        return missing_page(request, lang, current="docs")
    context = {"api_url": path_of(request, "/api")}
    return page_response(render(request, "docs.html", context, lang=lang, current="docs"))


def plan_page(request: Request, snapshot: Snapshot, lang: Lang) -> Response:
    """Return the layout: a card for each of the nine elements."""
    measures = {row.id: row for row in snapshot.derived(areas_table)}
    context = {
        **common_words(lang),
        "plan": snapshot.plan,
        "measures": {id_: compared(row) for id_, row in measures.items()},
        "sketch": element_map(snapshot, None),
    }
    html = render(request, "plan.html", context, lang=lang, current="plan")
    return page_response(html, snapshot.revision)


def profile_page(request: Request, profile: ElementProfile, lang: Lang) -> Response:
    """Return one element's profile with a small map."""
    return _element_page(request, "profile.html", profile, lang)


def brief_page(request: Request, profile: ElementProfile, lang: Lang) -> Response:
    """Return what matters most of an element on one sheet of A4."""
    return _element_page(request, "brief.html", profile, lang)


def _element_page(request: Request, template: str, profile: ElementProfile, lang: Lang) -> Response:
    snapshot = snapshot_of_request(request, profile.revision)
    own = snapshot.derived(indicator_rows)
    context = {
        **common_words(lang),
        "profile": profile,
        "element": profile.element,
        "compared": compared(profile.measure),
        "rules": profile.as_json(lang)["rules"],
        "sketch": element_map(snapshot, profile.element.id),
        "judgement": judgement_of(profile.measure),
        "indicators": [row for row in own if row.target.element == profile.element.id],
        "date": datetime.now().astimezone().date(),
    }
    html = render(request, template, context, lang=lang, current="plan")
    return page_response(html, profile.revision)


def areas_page(request: Request, snapshot: Snapshot, lang: Lang) -> Response:
    """Return the table of planned and measured areas and lengths."""
    rows = snapshot.derived(areas_table)
    context = {
        **common_words(lang),
        "rows": [(row, compared(row), judgement_of(row)) for row in rows],
    }
    html = render(request, "areas.html", context, lang=lang, current="areas")
    return page_response(html, snapshot.revision)


@dataclass(frozen=True, slots=True)
class Compared:
    """The figure of an element that its plan states: area in km2 or length in km.

    ``what`` is ``area`` or ``length``; None where nothing is planned, drawn or known.
    """

    what: str
    planned: float | None
    measured: float | None
    planar: float | None
    difference_percent: float | None
    band: float | None


def compared(row: ElementMeasure) -> Compared:
    """Return what of a measure is compared with the plan, in the plan's own unit."""
    if row.type == "zone":
        figures = (row.area_m2, row.planar_area_m2, row.accuracy_band_m2)
        planned, unit, what = row.planned_area_km2, 1e6, "area"
    else:
        figures = (row.length_m, row.planar_length_m, row.accuracy_band_m)
        planned, unit, what = row.planned_length_km, 1e3, "length"
    measured, planar, band = (None if value is None else value / unit for value in figures)
    return Compared(what, planned, measured, planar, row.difference_percent, band)


def common_words(lang: Lang) -> dict[str, Any]:
    """Return the functions by which templates write names and figures."""
    return {
        "named": in_language(lang, "name"),
        "figure": figure,
        "signed": signed,
        "distance": _distance,
        "number": plain_number,
        "statuses": STATUSES,
        "signs": SIGNS,
    }


def figure(value: float | None, digits: int = 2) -> str:
    """Return a number as text with thousands set apart; a dash when there is none."""
    return "—" if value is None else f"{value:,.{digits}f}"


def plain_number(value: float | str | None) -> str:
    """Return a figure as people write it: no zeros that say nothing."""
    if value is None:
        return "—"
    return value if isinstance(value, str) else f"{value:,.4f}".rstrip("0").rstrip(".")


def signed(value: float) -> str:
    """Return a number to one decimal with its sign; what rounds to nothing has none."""
    shown = round(value, 1)
    return f"{shown:+.1f}".replace("-", "−") if shown else "0.0"


def _distance(metres: float | None) -> str:
    if metres is None:
        return "—"
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.2f} km"  # noqa: PLR2004 - metres in a kilometre


def element_map(snapshot: Snapshot, chosen: str | None) -> Markup:
    """Return a small map of the district, one of its elements before the others."""
    # The sketch is numbers and our own colours; see zones.map_page.small_map_svg.
    return Markup(element_sketch(snapshot, chosen))  # noqa: S704 - a drawing of ours
