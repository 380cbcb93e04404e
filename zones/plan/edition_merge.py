"""A new edition of a feature and what people made of the former one, brought together.

What only one side changed since the edition that both come from is taken from that side, field by
field; the geometry is one field. What both changed, each in its own way, is in question: people's
change stays unless somebody says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from zones.model import JSON, Feature
from zones.store.revision_diff import field_changes, is_same

Preference = Literal["mine", "new"]

GEOMETRY = "geometry"
WHOLE = "feature"


@dataclass(frozen=True, slots=True)
class Merged:
    """The feature that comes of it, None if it ends; ``questions`` names what both changed.

    ``feature`` among them stands for the whole: one side removed what the other changed, or it is
    not known what both come from.
    """

    feature: Feature | None
    questions: tuple[str, ...] = ()


def merge_features(
    base: Feature | None, mine: Feature | None, new: Feature | None, prefer: Preference = "mine"
) -> Merged:
    """Return one feature out of the stored one and that of a new edition.

    Parameters
    ----------
    base
        What both come from, None if there was none or it is not known.
    mine, new
        The stored feature and that of the new edition, None where there is none.
    prefer
        Which side has its way where both changed the same.
    """
    if _same(mine, new) or _same(base, new):
        return Merged(mine)
    if _same(base, mine):
        return Merged(new)
    if base is None or mine is None or new is None:
        return Merged(mine if prefer == "mine" else new, (WHOLE,))
    return _field_by_field(base, mine, new, prefer)


def _field_by_field(base: Feature, mine: Feature, new: Feature, prefer: Preference) -> Merged:
    by_people, by_edition = (_changed(base, side) for side in (mine, new))
    conflicting = [n for n in by_edition if n in by_people and not _alike(n, mine, new)]
    taken = [n for n in by_edition if n not in by_people or (n in conflicting and prefer == "new")]
    properties: dict[str, JSON] = dict(mine.properties)
    for name in taken:
        if name in new.properties:
            properties[name] = new.properties[name]
        else:
            properties.pop(name, None)
    geometry = new.geometry if GEOMETRY in taken else mine.geometry
    return Merged(Feature(mine.fid, geometry, properties), tuple(conflicting))


def _changed(base: Feature, other: Feature) -> Mapping[str, None]:
    names = dict.fromkeys(c.name for c in field_changes(base.properties, other.properties))
    moved = not is_same(Feature("", base.geometry, {}), Feature("", other.geometry, {}))
    return names | {GEOMETRY: None} if moved else names


def _alike(name: str, one: Feature, other: Feature) -> bool:
    if name == GEOMETRY:
        return is_same(Feature("", one.geometry, {}), Feature("", other.geometry, {}))
    return not field_changes({name: one.properties.get(name)}, {name: other.properties.get(name)})


def _same(one: Feature | None, other: Feature | None) -> bool:
    if one is None or other is None:
        return one is other
    return is_same(one, other)
