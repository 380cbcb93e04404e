"""Where the plan's text contradicts itself or is silent, what it concerns, and what was drawn."""

from dataclasses import asdict, dataclass
from typing import Any

from zones.crs.area_and_length import geodesic_areas_m2
from zones.geojson.figure_rounding import shown
from zones.model import Feature
from zones.plan_text import PlanConflict
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import name_of, text, texts
from zones.snapshot.settled_by_official import applying_disputes


@dataclass(frozen=True, slots=True)
class DisputedArea:
    """An area that was drawn for a conflict; ``applies`` until official boundaries settle it.

    ``claims`` are the elements that the text gives it to; none of a gap. ``area_m2`` is geodesic.
    """

    id: str
    name: str
    name_en: str
    claims: tuple[str, ...]
    resolution: str | None
    resolution_en: str | None
    area_m2: float
    applies: bool


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A conflict, the elements whose sections it cites or whose ground it is, and its areas."""

    conflict: PlanConflict
    elements: tuple[str, ...]
    areas: tuple[DisputedArea, ...]

    def as_json(self) -> dict[str, Any]:
        """Return JSON values."""
        areas: list[dict[str, Any]] = shown([asdict(area) for area in self.areas])
        return {**asdict(self.conflict), "elements": list(self.elements), "areas": areas}


def conflict_rows(snapshot: Snapshot) -> tuple[ConflictRow, ...]:
    """Return the conflicts of the text in its order."""
    areas = _areas(snapshot)
    return tuple(_row(snapshot, conflict, areas) for conflict in snapshot.plan.conflicts)


def _row(
    snapshot: Snapshot, conflict: PlanConflict, areas: list[tuple[str | None, DisputedArea]]
) -> ConflictRow:
    own = tuple(area for of, area in areas if of == conflict.id)
    claimed = {element for area in own for element in area.claims}
    concerned = [
        element.id
        for element in snapshot.plan.elements
        if element.id in claimed or any(line in element.lines for line in conflict.lines)
    ]
    return ConflictRow(conflict, tuple(concerned), own)


def _areas(snapshot: Snapshot) -> list[tuple[str | None, DisputedArea]]:
    """Return the disputed areas, each with the id of its conflict."""
    disputes = snapshot.collection_or_empty("disputes")
    valid = {feature.fid for feature in snapshot.derived(applying_disputes)}
    drawn = [feature for feature in disputes if feature.geometry is not None]
    sizes = geodesic_areas_m2([feature.geometry for feature in drawn])
    return [
        (
            text(feature.properties, "conflict"),
            _area(feature, name_of(feature, disputes.info), size, applies=feature.fid in valid),
        )
        for feature, size in zip(drawn, sizes.tolist(), strict=True)
    ]


def _area(feature: Feature, name: str, area_m2: float, *, applies: bool) -> DisputedArea:
    properties = feature.properties
    return DisputedArea(
        id=feature.fid,
        name=name,
        name_en=text(properties, "name_en") or "",
        claims=texts(properties, "claims"),
        resolution=text(properties, "resolution"),
        resolution_en=text(properties, "resolution_en"),
        area_m2=area_m2,
        applies=applies,
    )


def unplaced_sites(snapshot: Snapshot) -> tuple[tuple[str, str, str | None], ...]:
    """Return id, name and element of the sites without a position, in stored order."""
    sites = snapshot.collection_or_empty("sites")
    return tuple(
        (site.fid, name_of(site, sites.info), text(site.properties, "element"))
        for site in sites
        if site.geometry is None
    )
