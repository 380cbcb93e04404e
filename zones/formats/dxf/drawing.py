"""What a drawing tells beside its shapes: its entities, and what was met among its numbers."""

from collections import Counter
from dataclasses import dataclass, field

from zones.model import JSON


@dataclass(slots=True)
class Entity:
    """What a drawing tells of one thing drawn.

    ``block`` is the name of the block that it inserts, ``at`` the numbers of X and Y where.
    ``wrong`` is its first number that is none; ``alone`` the line in which it, or its first vertex,
    begins that has an X without a Y or a Y without an X.
    """

    kind: str
    layer: str = "0"
    handle: str | None = None
    in_paper: bool = False
    data: dict[str, JSON] = field(default_factory=dict)
    wrong: dict[str, JSON] | None = None
    alone: int | None = None
    block: str | None = None
    at: dict[bytes, float] = field(default_factory=dict)


@dataclass(slots=True)
class DXFDrawing:
    """The entities in the order of the drawing, and what was met beside them.

    ``in_blocks`` counts the kinds within blocks of which GDAL makes nothing; ``otherwise`` numbers
    that were written with a comma or full-width digits; ``wrong_in_block`` is a number that is
    none, in a block that any insert may draw. ``hidden_layers`` are off or frozen; ``invisible``
    counts the kinds of entities, also those within blocks, that are not shown themselves.
    """

    entities: list[Entity] = field(default_factory=list)
    in_blocks: Counter[str] = field(default_factory=Counter)
    curved: bool = False
    otherwise: int = 0
    first_otherwise: dict[str, JSON] = field(default_factory=dict)
    wrong_in_block: dict[str, JSON] | None = None
    data_cut: int = 0
    hidden_layers: frozenset[str] = frozenset()
    invisible: Counter[str] = field(default_factory=Counter)
