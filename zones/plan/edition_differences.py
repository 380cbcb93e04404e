"""What differs between two editions of the plan's geometry: figures, and answers of look-ups."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.attribution.overlay_shares import overlay_shares
from zones.crs.area_and_length import geodesic_area_m2
from zones.geojson.figure_rounding import shown
from zones.lookup.answer import Placement
from zones.lookup.locator import build_locator
from zones.snapshot.model import Snapshot

Floats = NDArray[np.float64]

MEASURED: Final = ("zones", "subdistricts", "disputes")
POINTS: Final = 100_000
LEAST_SHARE: Final = 0.0005
"""Shares that differ by less are the same: a vertex was added to an edge."""
_ANSWERS: Final = ("zone", "subdistrict", "certainty")


@dataclass(frozen=True, slots=True)
class AreaChange:
    """The area of a feature in both editions, None where an edition lacks it."""

    collection: str
    id: str
    before_m2: float | None
    after_m2: float | None


@dataclass(frozen=True, slots=True)
class ShareChange:
    """Which share of a zone lies in a subdistrict; ``subdistrict`` None is outside all."""

    zone: str
    subdistrict: str | None
    before_share: float
    after_share: float


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """How many points near a border have another answer: what it was and what it is."""

    what: str
    before: str
    after: str
    border: str | None
    points: int


@dataclass(frozen=True, slots=True)
class EditionComparison:
    """Two editions side by side.

    ``certain`` counts the certain answers of ``points`` random points before and after,
    ``subdistrict_certain`` those of which the subdistrict is, ``changed`` the points of which zone,
    subdistrict or certainty differ.
    """

    areas: tuple[AreaChange, ...]
    shares: tuple[ShareChange, ...]
    points: int
    certain: tuple[int, int]
    subdistrict_certain: tuple[int, int]
    changed: int
    answers: tuple[AnswerChange, ...]

    def as_json(self) -> dict[str, Any]:
        """Return JSON values, figures rounded by their units."""
        document: dict[str, Any] = shown(asdict(self))
        return document

    def lines(self) -> Iterator[str]:
        """Yield rows of a table in Markdown: what differs, by area, share and answers."""
        yield "| 项 / what | 前 / before | 后 / after |"
        yield "| --- | --- | --- |"
        for area in self.areas:
            figures = [_km2(value) for value in (area.before_m2, area.after_m2)]
            if figures[0] != figures[1]:
                yield f"| {area.collection}/{area.id} km2 | {figures[0]} | {figures[1]} |"
        for share in self.shares:
            row = f"{share.zone} in {share.subdistrict or 'outside'}"
            yield f"| {row} | {share.before_share:.1%} | {share.after_share:.1%} |"
        if self.points:
            for what, counts in (
                ("certain", self.certain),
                ("subdistrict certain", self.subdistrict_certain),
            ):
                shares = [f"{count / self.points:.2%}" for count in counts]
                yield f"| {what}, of {self.points:,} random points | {shares[0]} | {shares[1]} |"
            yield f"| points with another answer | - | {self.changed:,} |"
        for answer in self.answers:
            near = f"{answer.what}, {answer.points:,} points near {answer.border or '—'}"
            yield f"| {near} | {answer.before} | {answer.after} |"


def _km2(area_m2: float | None) -> str:
    return "—" if area_m2 is None else f"{area_m2 / 1e6:.3f}"


def compare_editions(
    before: Snapshot, after: Snapshot, *, points: int = POINTS, seed: int = 0
) -> EditionComparison:
    """Return what differs between two snapshots of the plan's collections.

    Parameters
    ----------
    points
        How many random points, uniform in degrees over the district of ``after``, are located
        in both. 0 for none.
    seed
        Of the random numbers: the same points every time.
    """
    lon, lat = _random_points(after, points, np.random.default_rng(seed))
    old = before.derived(build_locator).locate_many(lon, lat)
    new = after.derived(build_locator).locate_many(lon, lat)
    pairs = list(zip(old, new, strict=True))
    return EditionComparison(
        areas=tuple(_areas(before, after)),
        shares=tuple(_shares(before, after)),
        points=len(pairs),
        certain=(sum(p.certain for p in old), sum(p.certain for p in new)),
        subdistrict_certain=(_sure_of_subdistrict(old), _sure_of_subdistrict(new)),
        changed=sum(_answer(a) != _answer(b) for a, b in pairs),
        answers=_answers(pairs),
    )


def _random_points(
    snapshot: Snapshot, count: int, numbers: np.random.Generator
) -> tuple[Floats, Floats]:
    district = shapely.union_all(snapshot.collection("district").geometries)
    west, south, east, north = shapely.bounds(district)
    lon, lat = np.empty(0), np.empty(0)
    while len(lon) < count and not district.is_empty:
        x, y = numbers.uniform(west, east, count), numbers.uniform(south, north, count)
        inside = shapely.contains_xy(district, x, y)
        lon, lat = np.append(lon, x[inside]), np.append(lat, y[inside])
    return lon[:count], lat[:count]


def _areas(before: Snapshot, after: Snapshot) -> Iterator[AreaChange]:
    for collection_id in MEASURED:
        old, new = (_measured(snapshot, collection_id) for snapshot in (before, after))
        for fid in dict.fromkeys((*old, *new)):
            yield AreaChange(collection_id, fid, old.get(fid), new.get(fid))


def _measured(snapshot: Snapshot, collection_id: str) -> Mapping[str, float]:
    features = snapshot.collection_or_empty(collection_id)
    return {f.fid: geodesic_area_m2(f.geometry) for f in features if f.geometry is not None}


def _shares(before: Snapshot, after: Snapshot) -> Iterator[ShareChange]:
    old, new = (_shared(snapshot) for snapshot in (before, after))
    for zone, subdistrict in dict.fromkeys((*old, *new)):
        was, is_now = (table.get((zone, subdistrict), 0.0) for table in (old, new))
        if abs(was - is_now) >= LEAST_SHARE:
            yield ShareChange(zone, subdistrict, was, is_now)


def _shared(snapshot: Snapshot) -> Mapping[tuple[str, str | None], float]:
    table = overlay_shares(snapshot.collection("zones"), snapshot.collection("subdistricts"))
    return {(part.of, part.by): part.share for part in table.parts}


def _sure_of_subdistrict(placements: Iterable[Placement]) -> int:
    return sum(p.subdistrict is not None and p.subdistrict.certain for p in placements)


def _answer(placement: Placement) -> tuple[str, str, str]:
    subdistrict = placement.subdistrict
    return (
        placement.primary or "—",
        subdistrict.id if subdistrict else "—",
        "certain" if placement.certain else "uncertain",
    )


def _answers(pairs: Sequence[tuple[Placement, Placement]]) -> tuple[AnswerChange, ...]:
    """Return the kinds of change by the border that is nearest, the most frequent first."""
    counts: Counter[tuple[str, str, str, str | None]] = Counter()
    for old, new in pairs:
        border = new.nearest_border.id if new.nearest_border else None
        for what, was, is_now in zip(_ANSWERS, _answer(old), _answer(new), strict=True):
            if was != is_now:
                counts[what, was, is_now, border] += 1
    return tuple(AnswerChange(*kind, count) for kind, count in counts.most_common())
