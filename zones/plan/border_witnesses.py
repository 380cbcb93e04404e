"""Points that say on which side of them a subdistrict's border runs, and what they say of it.

A witness is a place whose subdistrict is known from elsewhere (the centre of a community, say, that
the official codes name under it). It proves nothing of a border's exact line, but the border must
run on the right side of it. One that lies on the wrong side is not hidden: it names the disputed
area that leaves the question open.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import orjson
import shapely

from zones.crs.transform import to_plane
from zones.errors import SeedError
from zones.model import Feature, Problem
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import accuracy_m, text, texts

WITNESS_FILE: Final = "witnesses.json"
HEARD_WITHIN_M: Final = 750.0
"""From farther away a point says little of where a border runs."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A point (EPSG:4490) and the subdistrict that it belongs to.

    ``contradicts`` names the disputed area in which it lies if the subdistrict there is another.
    """

    id: str
    name: str
    name_en: str
    lon: float
    lat: float
    subdistrict: str
    contradicts: str | None = None


@dataclass(frozen=True, slots=True)
class Testimony:
    """A witness of one side of a border: who, of which subdistrict, how many metres away."""

    witness: str
    subdistrict: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class WitnessedBorder:
    """A border between two subdistricts and the nearest witness of each side, if there is one."""

    border: str
    name: str
    accuracy_m: float | None
    testimonies: tuple[Testimony, ...]


def read_witnesses(seed_dir: Path) -> tuple[Witness, ...]:
    """Return the witnesses of a seed; none if it has no such file.

    Raises
    ------
    SeedError
        If the file cannot be read or a witness lacks something.
    """
    path = Path(seed_dir) / WITNESS_FILE
    if not path.exists():
        return ()
    try:
        return tuple(map(_witness, orjson.loads(path.read_bytes())["witnesses"]))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise SeedError("seed-file-unreadable", path=path.name, fault=repr(fault)) from fault


def _witness(members: Mapping[str, Any]) -> Witness:
    return Witness(
        id=str(members["id"]),
        name=str(members["name"]),
        name_en=str(members["name_en"]),
        lon=float(members["lon"]),
        lat=float(members["lat"]),
        subdistrict=str(members["subdistrict"]),
        contradicts=members.get("contradicts"),
    )


def check_witnesses(snapshot: Snapshot, witnesses: Iterable[Witness]) -> Iterator[Problem]:
    """Yield every witness on the wrong side of a border; a note where a disputed area says so."""
    for witness in witnesses:
        holding = _holding(snapshot, "subdistricts", witness)
        found, agrees = ", ".join(holding) or "—", witness.subdistrict in holding
        if witness.contradicts is None:
            if not agrees:
                yield _problem("check-witness-beyond", witness, found=found)
        elif agrees or witness.contradicts not in _holding(snapshot, "disputes", witness):
            yield _problem("check-witness-dispute", witness, dispute=witness.contradicts)
        else:
            problem = _problem(
                "check-witness-against", witness, found=found, dispute=witness.contradicts
            )
            yield replace(problem, severity="note")


def witnessed_borders(
    snapshot: Snapshot, witnesses: Sequence[Witness]
) -> tuple[WitnessedBorder, ...]:
    """Return every border between two subdistricts with the nearest witness of each side."""
    return tuple(
        _witnessed(snapshot, piece, witnesses)
        for piece in snapshot.collection("borders")
        if piece.geometry is not None and len(_sides(snapshot, piece)) > 1
    )


def _witnessed(snapshot: Snapshot, piece: Feature, witnesses: Sequence[Witness]) -> WitnessedBorder:
    line = to_plane(piece.geometry)
    heard = []
    for side in _sides(snapshot, piece):
        known = [w for w in witnesses if w.subdistrict == side and not w.contradicts]
        away = [shapely.distance(line, to_plane(shapely.Point(w.lon, w.lat))) for w in known]
        nearest = min(range(len(known)), key=away.__getitem__, default=None)
        if nearest is not None and away[nearest] <= HEARD_WITHIN_M:
            heard.append(Testimony(known[nearest].name, side, float(away[nearest])))
    name = text(piece.properties, "follows") or piece.fid
    return WitnessedBorder(piece.fid, name, accuracy_m(piece.properties), tuple(heard))


def _sides(snapshot: Snapshot, piece: Feature) -> list[str]:
    known = snapshot.collection("subdistricts")
    return [s for s in dict.fromkeys(texts(piece.properties, "subdistricts")) if s in known]


def _holding(snapshot: Snapshot, collection_id: str, witness: Witness) -> list[str]:
    place = shapely.Point(witness.lon, witness.lat)
    return [
        feature.fid
        for feature in snapshot.collection(collection_id)
        if feature.geometry is not None and shapely.intersects(feature.geometry, place)
    ]


def _problem(code: str, witness: Witness, **params: str) -> Problem:
    named = {"witness": witness.name, "subdistrict": witness.subdistrict}
    return Problem(code, {**named, **params}, lon=witness.lon, lat=witness.lat)
