"""Whether the features of the seed name only what exists, and agree with the plan."""

from collections.abc import Collection as Ids
from collections.abc import Iterator, Mapping

import shapely

from zones.crs.area_and_length import geodesic_length_m, geodesic_lengths_m
from zones.model import Feature, Problem
from zones.plan.planned_and_measured import COLLECTION_OF
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import number, records, text, texts

LENGTH_TOLERANCE_M = 1.0
"""Lengths are stated to a decimetre; more than this is a line that was moved afterwards."""


def check_references(snapshot: Snapshot) -> Iterator[Problem]:
    """Yield every reference that leads nowhere and every fact that is not what the plan says."""
    yield from _check_ids_of_plan(snapshot)
    yield from _check_named(snapshot)
    yield from _check_plan_figures(snapshot)


def check_lengths(snapshot: Snapshot) -> Iterator[Problem]:
    """Yield every stated length that is not the measured one; geometries must be valid."""
    for collection_id in ("borders", "belt_lines"):
        for feature in snapshot.collection(collection_id):
            stated = number(feature.properties, "length_m")
            if feature.geometry is not None and stated is not None:
                measured = geodesic_length_m(feature.geometry)
                yield from _check_length(collection_id, feature.fid, stated, measured)
    yield from _check_parts(snapshot)


def _problem(code: str, collection_id: str, fid: str, **params: str) -> Problem:
    return Problem(code, {"collection": collection_id, "fid": fid, **params})


def _check_ids_of_plan(snapshot: Snapshot) -> Iterator[Problem]:
    """Check that what the plan has is drawn, each under its own id, and nothing else."""
    plan = snapshot.plan
    expected = {
        collection_id: {e.id for e in plan.elements if e.type == type_}
        for type_, collection_id in COLLECTION_OF.items()
    }
    expected["subdistricts"] = {subdistrict.id for subdistrict in plan.subdistricts}
    for collection_id, ids in expected.items():
        drawn = set(snapshot.collection(collection_id).fids)
        for fid in sorted(ids - drawn):
            yield _problem("check-not-drawn", collection_id, fid)
        for fid in sorted(drawn - ids):
            yield _problem("check-not-in-plan", collection_id, fid)


def _check_named(snapshot: Snapshot) -> Iterator[Problem]:
    for collection_id, key, known in _references(snapshot):
        for feature in snapshot.collection(collection_id):
            one = text(feature.properties, key)
            for named in (one,) if one else texts(feature.properties, key):
                if named not in known:
                    yield _problem(
                        "check-reference", collection_id, feature.fid, property=key, named=named
                    )


def _references(snapshot: Snapshot) -> Iterator[tuple[str, str, Ids[str]]]:
    """Yield which property of which collection names what."""
    fids = {id_: frozenset(c.fids) for id_, c in snapshot.collections.items()}
    elements = frozenset(element.id for element in snapshot.plan.elements)
    conflicts = frozenset(conflict.id for conflict in snapshot.plan.conflicts)
    categories = frozenset(snapshot.plan.categories)
    yield "zones", "subdistricts", fids["subdistricts"]
    yield "zones", "disputes", fids["disputes"]
    yield "zones", "borders", fids["borders"]
    yield "subdistricts", "zone", fids["zones"]
    yield "subdistricts", "borders", fids["borders"]
    yield "axes", "subdistricts", fids["subdistricts"]
    yield "belts", "subdistricts", fids["subdistricts"]
    yield "belt_lines", "belt", fids["belts"]
    yield "disputes", "conflict", conflicts
    yield "disputes", "claims", fids["zones"]
    yield "borders", "between", elements | fids["subdistricts"] | {"outside"}
    yield "district", "borders", fids["borders"]
    yield "sites", "element", elements
    yield "sites", "category", categories
    yield "sites", "same_as", fids["sites"]


def _check_plan_figures(snapshot: Snapshot) -> Iterator[Problem]:
    """Check that names, order, figures and membership are those of the plan."""
    for element in snapshot.plan.elements:
        collection_id = COLLECTION_OF[element.type]
        if element.id not in snapshot.collection(collection_id):
            continue
        properties = snapshot.collection(collection_id).feature(element.id).properties
        planned: Mapping[str, object] = {
            "name": element.name,
            "name_en": element.name_en,
            "order": element.order,
            "planned_area_km2": element.planned_area_km2,
            "planned_length_km": element.planned_length_km,
            "bounds_text": element.bounds_verbatim,
            "subdistricts": list(element.subdistricts),
        }
        for key, value in planned.items():
            if properties.get(key) != value:
                yield _problem("check-not-as-planned", collection_id, element.id, property=key)
    for subdistrict in snapshot.plan.subdistricts:
        if subdistrict.id in snapshot.collection("subdistricts"):
            properties = snapshot.collection("subdistricts").feature(subdistrict.id).properties
            for key in ("name", "name_en", "code", "zone"):
                if properties.get(key) != getattr(subdistrict, key):
                    yield _problem(
                        "check-not-as-planned", "subdistricts", subdistrict.id, property=key
                    )


def _check_parts(snapshot: Snapshot) -> Iterator[Problem]:
    """Check that each part of an axis describes one line of its geometry."""
    for axis in snapshot.collection("axes"):
        parts, lines = records(axis.properties, "parts"), shapely.get_parts(axis.geometry)
        if len(parts) != len(lines):
            yield _problem("check-parts", "axes", axis.fid)
            continue
        for part, measured in zip(parts, geodesic_lengths_m(lines).tolist(), strict=True):
            stated = number(part, "length_m") or 0.0
            yield from _check_length("axes", text(part, "id") or axis.fid, stated, measured)
        yield from _check_basis_sums(axis)


def _check_basis_sums(axis: Feature) -> Iterator[Problem]:
    for basis in ("traced", "inferred", "schematic"):
        parts = [p for p in records(axis.properties, "parts") if text(p, "basis") == basis]
        summed = sum(number(part, "length_m") or 0.0 for part in parts)
        stated = number(axis.properties, f"{basis}_m") or 0.0
        yield from _check_length("axes", axis.fid, stated, summed)


def _check_length(
    collection_id: str, fid: str, stated: float, measured: float
) -> Iterator[Problem]:
    if abs(stated - measured) > LENGTH_TOLERANCE_M:
        yield _problem(
            "check-length", collection_id, fid, stated=f"{stated:.1f}", measured=f"{measured:.1f}"
        )
