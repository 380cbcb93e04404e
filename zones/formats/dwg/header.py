"""Unit, layers that are not shown and objects of other programs in a DWG drawing, read by ezdwg.

Only these are taken from it: ezdwg 0.17 makes wrong numbers of lines beyond 1e8 units.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from zones.formats.dwg.panics import panics_as_errors

_METRES: Final = {
    1: 0.0254,
    2: 0.3048,
    4: 0.001,
    5: 0.01,
    6: 1.0,
    7: 1000.0,
    14: 0.1,
}
"""Metres in a unit by INSUNITS: inch, foot, mm, cm, m, km, dm."""

_PROXY: Final = 498
"""The number of proxy entities; from 500 on types are numbered by the drawing's own classes."""


@dataclass(frozen=True, slots=True)
class DrawingHeader:
    """``unit_m`` is None if the drawing names no unit; ``hidden`` are layers off or frozen.

    ``foreign`` counts entities by class that are none of the format's own: proxies, and those that
    other programs define (天正's ``TCH_WALL`` …).
    """

    unit_m: float | None = None
    hidden: frozenset[str] = frozenset()
    is_read: bool = False
    foreign: Mapping[str, int] = field(default_factory=dict)


def drawing_header(path: Path) -> DrawingHeader:
    """Return unit and hidden layers of a drawing; nothing where they cannot be read."""
    import ezdwg

    try:
        with panics_as_errors():
            drawing: Any = ezdwg.read(str(path))
            unit = _METRES.get(int(drawing.insunits))
            foreign = foreign_entities(ezdwg.raw.list_object_headers_with_type(str(path)))
            hidden = {layer.name for layer in drawing.layers if layer.frozen or not layer.on}
    except (ValueError, TypeError, LookupError, AttributeError, RuntimeError, OSError):
        return DrawingHeader()
    return DrawingHeader(unit, frozenset(hidden), is_read=True, foreign=foreign)


def foreign_entities(objects: Iterable[Sequence[Any]]) -> dict[str, int]:
    """Return how many entities are of each class that the drawing itself defines, or proxies.

    Parameters
    ----------
    objects
        Of each its handle, offset, size, type number, class, and E for an entity.
    """
    classes = (str(name) for *_, number, name, kind in objects if kind == "E" and number >= _PROXY)
    return dict(Counter(classes))
