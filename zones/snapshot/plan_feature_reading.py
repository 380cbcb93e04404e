"""How the features of the plan's own collections are understood.

Staff may replace these collections by layers of their own, with other ids and columns. A zone is
then known by its name, a subdistrict by its name or code; what nothing tells is left open, and
nothing here fails for lack of a property.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from shapely.geometry.base import BaseGeometry

from zones.model import JSON, CollectionInfo, Feature
from zones.plan_text import Element, Plan
from zones.properties.feature_name import feature_name
from zones.snapshot.model import Snapshot

_AFTER_THE_PLAN = 1000
"""Order of zones that the plan does not know: after its own, as they stand in the layer."""

Properties = Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone by bounds: the plan's id where it is recognised, else the feature's own."""

    id: str
    name: str
    name_en: str
    order: float
    accuracy_m: float | None
    geometry: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Subdistrict:
    """A subdistrict, and the zone it belongs to by administration, if that is known."""

    id: str
    code: str
    name: str
    name_en: str
    zone: str | None
    accuracy_m: float | None
    geometry: BaseGeometry | None


def zones_of(snapshot: Snapshot) -> tuple[Zone, ...]:
    """Return the features of ``zones`` in the order they are stored."""
    features = snapshot.collection_or_empty("zones")
    return tuple(
        _zone(feature, features.info, snapshot.plan, i) for i, feature in enumerate(features)
    )


def subdistricts_of(snapshot: Snapshot) -> tuple[Subdistrict, ...]:
    """Return the features of ``subdistricts`` in the order they are stored."""
    features = snapshot.collection_or_empty("subdistricts")
    return tuple(_subdistrict(feature, features.info, snapshot.plan) for feature in features)


def text(properties: Properties, key: str) -> str | None:
    """Return the property if it is text with something in it, else None."""
    value = properties.get(key)
    return value if isinstance(value, str) and value.strip() else None


def texts(properties: Properties, key: str) -> tuple[str, ...]:
    """Return the texts in the property if it is a list; empty otherwise."""
    value = properties.get(key)
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def number(properties: Properties, key: str) -> float | None:
    """Return the property if it is a finite number, else None."""
    value = properties.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return value


def records(properties: Properties, key: str) -> tuple[Properties, ...]:
    """Return the objects in the property if it is a list; empty otherwise."""
    value = properties.get(key)
    return tuple(v for v in value if isinstance(v, dict)) if isinstance(value, list) else ()


def accuracy_m(properties: Properties) -> float | None:
    """Return the stated accuracy in metres; None if there is none or it is not positive."""
    stated = number(properties, "accuracy_m")
    return stated if stated is not None and stated > 0 else None


def name_of(feature: Feature, info: CollectionInfo) -> str:
    """Return the name of a feature of that collection, or its id for want of one."""
    return feature_name(feature.properties, info.title_field) or feature.fid


def recognised(feature: Feature, info: CollectionInfo, plan: Plan) -> Element | None:
    """Return the element of the plan that a feature of that collection draws, None if it is none.

    An uploaded layer has ids of its own; its zones are known by their names then.
    """
    return plan.recognise(feature.fid, feature_name(feature.properties, info.title_field))


def point_on(geometry: BaseGeometry | None) -> tuple[float, float] | None:
    """Return longitude and latitude of a point on a geometry, None if it has no place."""
    if geometry is None or geometry.is_empty:
        return None
    point = geometry.point_on_surface()
    return point.x, point.y


def _zone(feature: Feature, info: CollectionInfo, plan: Plan, position: int) -> Zone:
    properties = feature.properties
    name = feature_name(properties, info.title_field)
    element = plan.recognise(feature.fid, text(properties, "plan_id"), name)
    order = number(properties, "order")
    if order is None:
        order = element.order if element else _AFTER_THE_PLAN + position
    return Zone(
        id=element.id if element else feature.fid,
        name=name or feature.fid,
        name_en=text(properties, "name_en") or (element.name_en if element else ""),
        order=order,
        accuracy_m=accuracy_m(properties),
        geometry=feature.geometry,
    )


def _subdistrict(feature: Feature, info: CollectionInfo, plan: Plan) -> Subdistrict:
    properties = feature.properties
    code, name = _code(properties), feature_name(properties, info.title_field)
    known = plan.subdistrict(feature.fid, code, name)
    zone = plan.recognise(text(properties, "zone"))
    return Subdistrict(
        id=known.id if known else feature.fid,
        code=code or (known.code if known else feature.fid),
        name=name or feature.fid,
        name_en=text(properties, "name_en") or (known.name_en if known else ""),
        zone=zone.id if zone else text(properties, "zone") or (known.zone if known else None),
        accuracy_m=accuracy_m(properties),
        geometry=feature.geometry,
    )


def _code(properties: Properties) -> str | None:
    """Return the code as text; tables of attributes often keep it as a number."""
    code = number(properties, "code")
    return text(properties, "code") if code is None else f"{code:.0f}"
