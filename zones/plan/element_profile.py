"""One element of the plan in full: what is planned, what was measured, and what lies around it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from math import fsum
from typing import Any

import shapely

from zones.geojson.figure_rounding import shown
from zones.messages import say
from zones.model import Feature
from zones.plan.difference_verdict import judgement_of
from zones.plan.element_surroundings import (
    Evidence,
    Neighbour,
    OverlappingDispute,
    disputes_of,
    evidence_of,
    neighbours_of,
    overlay_of,
)
from zones.plan.planned_and_measured import (
    COLLECTION_OF,
    AxisPart,
    ElementMeasure,
    areas_table,
    axis_parts,
    drawn_features,
)
from zones.plan_text import Element, PlanConflict
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import name_of, point_on, subdistricts_of, text
from zones.snapshot.uncertainty_circles import certainly_within, circle_m, possible_ground

__all__ = ["ElementMeasure", "ElementProfile", "areas_table", "element_profile"]


@dataclass(frozen=True, slots=True)
class SubdistrictShare:
    """How much of an element lies in a subdistrict, and whether the plan lists it there.

    ``measure`` is m2, of axes m. Overlay and list stand side by side and do not correct each
    other: one may be listed and not be met, or be met and not be listed.
    """

    id: str | None
    name: str
    name_en: str
    listed: bool
    measure: float
    share: float


@dataclass(frozen=True, slots=True)
class ElementSite:
    """A site that the plan puts in the element, that lies in it by its position, or both.

    ``circle_m`` is the radius of the circle in which a site lies that is known no better; by its
    position it lies in the element if the circle meets that. ``certain`` says that it lies there
    wherever it may be within its accuracy; a circle never does.
    """

    id: str
    name: str
    name_en: str
    category: str | None
    status: str | None
    by_plan: bool
    by_position: bool
    lon: float | None
    lat: float | None
    circle_m: float | None
    certain: bool


@dataclass(frozen=True)
class ElementProfile:
    """Everything that is told of one element."""

    element: Element
    measure: ElementMeasure
    subdistricts: tuple[SubdistrictShare, ...]
    sites: tuple[ElementSite, ...]
    neighbours: tuple[Neighbour, ...]
    parts: tuple[AxisPart, ...]
    evidence: tuple[Evidence, ...]
    conflicts: tuple[PlanConflict, ...]
    disputes: tuple[OverlappingDispute, ...]
    revision: int

    def as_json(self, lang: str = "zh") -> dict[str, Any]:
        """Return JSON values; ``rules`` tells in ``lang`` how the figures came about."""
        rules = ("profile-rule-band", "profile-rule-subdistricts", "profile-rule-sites")
        members = asdict(self)
        planned = {key: members.pop(key) for key in ("element", "conflicts")}
        judged = judgement_of(self.measure)
        computed = {
            "judgement": judged and judged.as_json(lang),
            "rules": [say(rule, lang).message for rule in rules],
        }
        figures: dict[str, Any] = shown(members)
        return planned | figures | computed


def element_profile(snapshot: Snapshot, element_id: str) -> ElementProfile:
    """Return the profile of one of the plan's nine elements.

    Raises
    ------
    UnknownFeatureError
        If the plan has no element of that id.
    """
    element = snapshot.plan.element(element_id)
    drawn = drawn_features(snapshot, element)
    measures = {row.id: row for row in snapshot.derived(areas_table)}
    return ElementProfile(
        element=element,
        measure=measures[element.id],
        subdistricts=_subdistricts(snapshot, element, drawn),
        sites=_sites(snapshot, element, drawn),
        neighbours=neighbours_of(snapshot, element),
        parts=axis_parts(drawn) if element.type == "axis" else (),
        evidence=evidence_of(snapshot, element),
        conflicts=snapshot.plan.conflicts_of(element),
        disputes=disputes_of(snapshot, element, drawn),
        revision=snapshot.revision,
    )


def _subdistricts(
    snapshot: Snapshot, element: Element, drawn: Iterable[Feature]
) -> tuple[SubdistrictShare, ...]:
    """Return the subdistricts met or listed, by share, then what lies outside all of them."""
    table = overlay_of(snapshot, COLLECTION_OF[element.type], "subdistricts")
    fids = [feature.fid for feature in drawn]
    whole = fsum(table.totals.get(fid, 0.0) for fid in fids)
    met: defaultdict[str | None, float] = defaultdict(float)
    for part in table.parts:
        if part.of in fids:
            met[part.by] += part.value
    features = snapshot.collection_or_empty("subdistricts")
    known = dict(zip(features.fids, snapshot.derived(subdistricts_of), strict=True))
    shares = [
        SubdistrictShare(
            subdistrict.id,
            subdistrict.name,
            subdistrict.name_en,
            listed=subdistrict.id in element.subdistricts,
            measure=met[fid],
            share=met[fid] / whole if whole else 0.0,
        )
        for fid, subdistrict in known.items()
        if fid in met or subdistrict.id in element.subdistricts
    ]
    shares.sort(key=lambda share: -share.measure)
    if met[None]:
        shares.append(
            SubdistrictShare(None, "区外", "outside", False, met[None], met[None] / whole)
        )
    return tuple(shares)


def _sites(
    snapshot: Snapshot, element: Element, drawn: Iterable[Feature]
) -> tuple[ElementSite, ...]:
    """Return the sites of an element, those the plan puts there first, in stored order."""
    ground = [] if element.type == "axis" else [feature.geometry for feature in drawn]
    sites = []
    stored = snapshot.collection_or_empty("sites")
    for site in stored:
        by_plan = text(site.properties, "element") == element.id
        circle = circle_m(site.geometry, site.properties)
        place = site.geometry if circle is None else possible_ground(site)
        by_position = place is not None and any(shapely.intersects(g, place) for g in ground)
        if by_plan or by_position:
            found = _site(site, name_of(site, stored.info), by_plan=by_plan)
            certain = by_position and certainly_within(site, ground)
            sites.append(replace(found, by_position=by_position, certain=certain))
    return tuple(sorted(sites, key=lambda site: not site.by_plan))


def _site(site: Feature, name: str, *, by_plan: bool) -> ElementSite:
    point = point_on(site.geometry)
    return ElementSite(
        id=site.fid,
        name=name,
        name_en=text(site.properties, "name_en") or "",
        category=text(site.properties, "category"),
        status=text(site.properties, "site_status"),
        by_plan=by_plan,
        by_position=False,
        lon=point and point[0],
        lat=point and point[1],
        circle_m=circle_m(site.geometry, site.properties),
        certain=False,
    )
