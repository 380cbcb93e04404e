"""What a drawing is to show, beside its viewport."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zones.drawing.model import Bounds
from zones.drawing.staff_layer_style import Symbology
from zones.messages import Lang


@dataclass(frozen=True, slots=True)
class DrawingRequest:
    """What a drawing shows: collections by id, None for those that maps show at first.

    ``symbologies`` are those of collections that staff styled. ``detail`` makes names appear so
    many times earlier than on the screen, which paper with its finer print allows. ``covered``
    are boxes in pixels that no name may be in. ``highlight`` is the id of an element of the plan
    that stands out while the rest recedes.
    """

    collections: Sequence[str] | None = None
    lang: Lang = "zh"
    symbologies: Mapping[str, Symbology] = field(default_factory=dict)
    has_labels: bool = True
    detail: float = 1.0
    covered: tuple[Bounds, ...] = ()
    highlight: str | None = None
    background: str | None = None
