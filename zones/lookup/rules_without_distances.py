"""What follows from the polygons that hold a point, whatever its place in them.

Rules 1, 2, 3, 6 and 8 of ``zones.lookup.locator``: none of them needs a distance, so the answer for
one set of polygons is worked out once (15 us on the plan's layers) and remembered.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from zones.lookup.answer import By, PlacedConflict, PlacedSubdistrict, PlacedZone
from zones.lookup.lookup_layers import Belt, District, LookupDispute, LookupLayers, LookupMember
from zones.snapshot.plan_feature_reading import Subdistrict, Zone


@dataclass(frozen=True, slots=True)
class ZoneVerdict:
    """What holds a point.

    ``unsure`` and ``subdistrict_unsure`` say that the answer is in doubt wherever the point lies
    in these polygons; ``belts`` tells for each belt whether it holds the point.
    """

    inside_district: bool
    primary: str | None
    zones: tuple[PlacedZone, ...]
    subdistrict: Subdistrict | None
    subdistrict_unsure: bool
    conflicts: tuple[PlacedConflict, ...]
    unsure: bool
    belts: tuple[bool, ...]

    def placed_subdistrict(self, *, certain: bool) -> PlacedSubdistrict | None:
        """Return the subdistrict as an answer tells it."""
        containing = self.subdistrict
        if containing is None:
            return None
        return PlacedSubdistrict(
            containing.id, containing.name, containing.name_en, certain=certain
        )


class Rules:
    """Judges sets of members.

    Parameters
    ----------
    known
        Every zone that an answer may name, by its id.
    """

    def __init__(self, layers: LookupLayers, known: Mapping[str, Zone]) -> None:
        self._members = layers.members
        self._belts = layers.belts
        self._within = (District,) if layers.districts else (Zone, Subdistrict)
        self._known = known

    def holding(self, members: Iterable[int]) -> ZoneVerdict:
        """Return what follows from the members that hold a point."""
        containing = [self._members[i] for i in members]
        by_bounds = {m.id for m in containing if isinstance(m, Zone)}
        subdistricts = [m for m in containing if isinstance(m, Subdistrict)]
        by_administration = {s.zone for s in subdistricts if s.zone is not None}
        disputes = [m for m in containing if isinstance(m, LookupDispute)]
        on_border = len(by_bounds) > 1 or len(by_administration) > 1
        return ZoneVerdict(
            inside_district=any(isinstance(member, self._within) for member in containing),
            primary=self._primary(by_bounds, by_administration),
            zones=self._zones(by_bounds, by_administration),
            subdistrict=min(subdistricts, key=lambda s: s.code, default=None),
            subdistrict_unsure=len(subdistricts) > 1 or any(d.handover for d in disputes),
            conflicts=tuple(dispute.conflict for dispute in disputes),
            unsure=bool(disputes) or on_border,
            belts=tuple(_is_among(belt, containing) for belt in self._belts),
        )

    def _primary(
        self, by_bounds: AbstractSet[str], by_administration: AbstractSet[str]
    ) -> str | None:
        candidates = (by_administration & by_bounds) or by_administration or by_bounds
        return min(candidates, key=lambda id_: self._known[id_].order, default=None)

    def _zones(
        self, by_bounds: AbstractSet[str], by_administration: AbstractSet[str]
    ) -> tuple[PlacedZone, ...]:
        meanings: tuple[tuple[By, AbstractSet[str]], ...] = (
            ("bounds", by_bounds),
            ("administration", by_administration),
        )
        known = sorted(
            (self._known[id_] for id_ in by_bounds | by_administration), key=lambda z: z.order
        )
        return tuple(
            PlacedZone(z.id, z.name, z.name_en, tuple(by for by, ids in meanings if z.id in ids))
            for z in known
        )


def _is_among(belt: Belt, containing: Sequence[LookupMember]) -> bool:
    return any(member is belt for member in containing)
