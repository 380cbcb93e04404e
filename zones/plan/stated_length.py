"""Lengths that the plan's lines state of themselves, which follow when a line is moved."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from zones.crs.area_and_length import geodesic_length_m
from zones.model import Feature

STATING: Final[Collection[str]] = ("borders", "belt_lines")
"""Collections of the plan whose features state their length; see ``zones.plan.seed_checks``."""
LENGTH: Final = "length_m"
_DECIMALS: Final = 1


def with_measured_length(after: Feature, before: Feature, *, collection_id: str) -> Feature:
    """Return the feature with the length of its new line, metres on the ellipsoid.

    As it is where its line is the former one, where no length was stated, and where the edit states
    another one than was stored: that is meant so.
    """
    stated = before.properties.get(LENGTH)
    if collection_id not in STATING or stated is None or after.geometry is None:
        return after
    if after.properties.get(LENGTH) != stated or after.geometry == before.geometry:
        return after
    measured = round(geodesic_length_m(after.geometry), _DECIMALS)
    return replace(after, properties={**after.properties, LENGTH: measured})
