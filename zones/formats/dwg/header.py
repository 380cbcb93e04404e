"""The unit of a DWG drawing and its layers that are not shown, read by ezdwg.

Only these are taken from it: ezdwg 0.17 makes wrong numbers of lines beyond 1e8 units.
"""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class DrawingHeader:
    """``unit_m`` is None if the drawing names no unit; ``hidden`` are layers off or frozen."""

    unit_m: float | None = None
    hidden: frozenset[str] = frozenset()
    is_read: bool = False


def drawing_header(path: Path) -> DrawingHeader:
    """Return unit and hidden layers of a drawing; nothing where they cannot be read."""
    import ezdwg

    try:
        with panics_as_errors():
            drawing: Any = ezdwg.read(str(path))
            unit = _METRES.get(int(drawing.insunits))
            hidden = {layer.name for layer in drawing.layers if layer.frozen or not layer.on}
    except (ValueError, TypeError, LookupError, AttributeError, RuntimeError, OSError):
        return DrawingHeader()
    return DrawingHeader(unit, frozenset(hidden), is_read=True)
