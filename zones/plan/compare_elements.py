"""Two or three elements side by side: their profiles, and how they meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zones.plan.difference_verdict import Judgement, judgement_of
from zones.plan.element_profile import ElementProfile, element_profile
from zones.plan.element_surroundings import Neighbour
from zones.plan.indicators import IndicatorRow, indicator_rows
from zones.snapshot.model import Snapshot

FEWEST, MOST = 2, 3


@dataclass(frozen=True)
class Side:
    """One of the elements: its profile, what its difference means, its indicators."""

    profile: ElementProfile
    judgement: Judgement | None
    indicators: tuple[IndicatorRow, ...]
    meetings: tuple[Neighbour, ...]

    @property
    def id(self) -> str:
        """The element's id."""
        return self.profile.element.id

    @property
    def placed(self) -> int:
        """How many of its sites have a position."""
        return sum(site.lon is not None for site in self.profile.sites)

    def share_in(self, subdistrict: str) -> float | None:
        """Return its share in a subdistrict; None where it does not lie in it."""
        shares = (one.share for one in self.profile.subdistricts if (one.id or "") == subdistrict)
        return next(shares, None)


@dataclass(frozen=True)
class Comparison:
    """The elements in the order asked for; ``subdistricts`` are those that any lies in.

    A subdistrict is an id, ``""`` for what lies outside all, and its names.
    """

    sides: tuple[Side, ...]
    subdistricts: tuple[tuple[str, str, str], ...]

    def as_json(self, lang: str = "zh") -> dict[str, Any]:
        """Return JSON values: a profile each, with its judgement, indicators and meetings."""
        return {
            "elements": [
                side.profile.as_json(lang)
                | {
                    "indicators": [row.as_json() for row in side.indicators],
                    "meets": [one.id for one in side.meetings],
                }
                for side in self.sides
            ]
        }


def compare(snapshot: Snapshot, element_ids: Sequence[str]) -> Comparison:
    """Return some elements side by side.

    Raises
    ------
    UnknownFeatureError
        If the plan has no such element.
    """
    rows = snapshot.derived(indicator_rows)
    sides = []
    for id_ in element_ids:
        profile = element_profile(snapshot, id_)
        own = tuple(row for row in rows if row.target.element == id_)
        meetings = tuple(one for one in profile.neighbours if one.id in element_ids)
        sides.append(Side(profile, judgement_of(profile.measure), own, meetings))
    met = {
        share.id or "": (share.name, share.name_en)
        for side in sides
        for share in side.profile.subdistricts
    }
    ordered = sorted(met.items(), key=lambda item: (not item[0], item[0]))
    return Comparison(tuple(sides), tuple((id_, *names) for id_, names in ordered))
