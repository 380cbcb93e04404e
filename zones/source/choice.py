"""What a person decides about how a file is to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from zones.model import GeometryKind
from zones.source.layer_choice import named_layers

Angles = Literal["dms", "decimal"]
"""Degrees, minutes, seconds written as a decimal number, ``ddd.mmssss``; or decimal degrees."""


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """What the person importing decided about the file; None leaves it to what the file says.

    ``layer`` is the name of one layer, those of several, or ``*`` for all. ``angles`` says how
    degrees are written that may be decimal ones or ``ddd.mmssss``. ``kinds`` are those of geometry
    that the collection takes, empty for any: points may bound areas.
    """

    crs: str | None = None
    encoding: str | None = None
    layer: str | Sequence[str] | None = None
    datum: str | None = None
    angles: Angles | None = None
    kinds: frozenset[GeometryKind] = frozenset()

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that were named."""
        return named_layers(self.layer)
