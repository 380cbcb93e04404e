"""What a person decides about how a file is to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from zones.model import GeometryKind
from zones.source.layer_choice import named_layers

Angles = Literal["dms", "decimal"]
"""Degrees, minutes, seconds written as a decimal number, ``ddd.mmssss``; or decimal degrees."""


LEAST_MAP_SCALE: Final = 1.0
MOST_MAP_SCALE: Final = 100_000_000.0
"""Denominators of a map's scale: between these they are believed."""


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """What the person importing decided about the file; None leaves it to what the file says.

    ``layer`` is the name of one layer, those of several, or ``*`` for all. ``angles`` says how
    degrees are written that may be decimal ones or ``ddd.mmssss``. ``map_scale`` is the
    denominator of a map's scale, by which its millimetres become metres. ``kinds`` are those of
    geometry that the collection takes, empty for any: points may bound areas.
    """

    crs: str | None = None
    encoding: str | None = None
    layer: str | Sequence[str] | None = None
    datum: str | None = None
    angles: Angles | None = None
    map_scale: float | None = None
    kinds: frozenset[GeometryKind] = frozenset()

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that were named."""
        return named_layers(self.layer)
