"""The answer to "where is this point?": what a lookup returns, and its JSON shape."""

from dataclasses import dataclass
from typing import Any, Literal

By = Literal["bounds", "administration"]

DEGREE_DECIMALS = 9
"""The point is echoed to a tenth of a millimetre."""


@dataclass(frozen=True, slots=True)
class PlacedZone:
    """A zone that holds the point, and by which meaning."""

    id: str
    name: str
    name_en: str
    by: tuple[By, ...]


@dataclass(frozen=True, slots=True)
class PlacedSubdistrict:
    """The subdistrict that holds the point; not ``certain`` near a border of subdistricts."""

    id: str
    name: str
    name_en: str
    certain: bool


@dataclass(frozen=True, slots=True)
class NearestPart:
    """The part of an axis that is nearest; ``basis`` is traced, inferred, schematic or unknown."""

    id: str | None
    name: str | None
    basis: str | None
    accuracy_m: float | None

    @property
    def schematic(self) -> bool:
        """Whether the part is only a sketch, so that a distance to it means little."""
        return self.basis == "schematic"


@dataclass(frozen=True, slots=True)
class AxisDistance:
    """How far an axis is."""

    id: str
    name: str
    name_en: str
    distance_m: float
    part: NearestPart | None


@dataclass(frozen=True, slots=True)
class BeltDistance:
    """Whether the point is in a belt's corridor, how far that is and how far its lines are.

    ``lines_m`` is by the line's role: ``centre``, ``north_bank``, ``south_bank``.
    """

    id: str
    name: str
    name_en: str
    inside: bool
    distance_m: float | None
    lines_m: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class NearestBorder:
    """The nearest border between zones, how well it is known and what lies on its sides."""

    distance_m: float
    accuracy_m: float | None
    between: tuple[str, ...]
    id: str | None


@dataclass(frozen=True, slots=True)
class PlacedConflict:
    """A disputed area that holds the point: which conflict, who claims it, how it is resolved."""

    id: str
    title: str
    title_en: str
    claims: tuple[str, ...]
    resolution: str | None
    resolution_en: str | None
    area: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a point lies; the rules are those of ``zones.lookup.locator``.

    Distances are not rounded here, only in ``as_json``. ``source_crs`` names the CRS in which the
    point was given if that was not degrees of EPSG:4490.
    """

    lon: float
    lat: float
    source_crs: str | None
    inside_district: bool
    primary: str | None
    zones: tuple[PlacedZone, ...]
    subdistrict: PlacedSubdistrict | None
    axes: tuple[AxisDistance, ...]
    belts: tuple[BeltDistance, ...]
    nearest_border: NearestBorder | None
    conflicts: tuple[PlacedConflict, ...]
    certain: bool
    revision: int

    def as_json(self) -> dict[str, Any]:
        """Return the JSON values of the HTTP contract; distances rounded to 0.1 m."""
        point = {
            "lon": round(self.lon, DEGREE_DECIMALS),
            "lat": round(self.lat, DEGREE_DECIMALS),
            "crs": "EPSG:4490",
        }
        return {
            "point": point if self.source_crs is None else point | {"given": self.source_crs},
            "inside_district": self.inside_district,
            "primary": self.primary,
            "zones": [
                {"id": zone.id, "name": zone.name, "name_en": zone.name_en, "by": list(zone.by)}
                for zone in self.zones
            ],
            "subdistrict": _subdistrict(self.subdistrict),
            "axes": [_axis(axis) for axis in self.axes],
            "belts": [_belt(belt) for belt in self.belts],
            "nearest_border": _border(self.nearest_border),
            "conflicts": [_conflict(conflict) for conflict in self.conflicts],
            "certain": self.certain,
            "revision": self.revision,
        }


def _subdistrict(placed: PlacedSubdistrict | None) -> dict[str, Any] | None:
    if placed is None:
        return None
    return {
        "id": placed.id,
        "name": placed.name,
        "name_en": placed.name_en,
        "certain": placed.certain,
    }


def _axis(axis: AxisDistance) -> dict[str, Any]:
    part = axis.part
    return {
        "id": axis.id,
        "name": axis.name,
        "name_en": axis.name_en,
        "distance_m": round(axis.distance_m, 1),
        "part": None
        if part is None
        else {
            "id": part.id,
            "name": part.name,
            "basis": part.basis,
            "schematic": part.schematic,
            "accuracy_m": part.accuracy_m,
        },
    }


def _belt(belt: BeltDistance) -> dict[str, Any]:
    return {
        "id": belt.id,
        "name": belt.name,
        "name_en": belt.name_en,
        "inside": belt.inside,
        "distance_m": None if belt.distance_m is None else round(belt.distance_m, 1),
        "lines_m": {role: round(distance, 1) for role, distance in belt.lines_m},
    }


def _border(border: NearestBorder | None) -> dict[str, Any] | None:
    if border is None:
        return None
    return {
        "distance_m": round(border.distance_m, 1),
        "accuracy_m": border.accuracy_m,
        "between": list(border.between),
        "id": border.id,
    }


def _conflict(conflict: PlacedConflict) -> dict[str, Any]:
    return {
        "id": conflict.id,
        "title": conflict.title,
        "title_en": conflict.title_en,
        "claims": list(conflict.claims),
        "resolution": conflict.resolution,
        "resolution_en": conflict.resolution_en,
        "area": conflict.area,
    }
