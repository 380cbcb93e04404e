"""The scale bar: some equal pieces of round length."""

from dataclasses import dataclass
from typing import Final

PIECES: Final = 4
_STEPS: Final = (1, 2, 2.5, 5)


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """Pieces of ``piece_mm`` each; the figures at their ends are in ``unit``."""

    piece_mm: float
    figures: tuple[str, ...]
    unit: str


def scale_bar(scale: float, most_mm: float) -> ScaleBar:
    """Return the longest bar of round pieces that is at most so long at 1:``scale``."""
    most_m = most_mm * scale / 1000 / PIECES
    piece = max(
        step * 10.0**power
        for power in range(-2, 6)
        for step in _STEPS
        if step * 10.0**power <= most_m
    )
    in_km = piece * PIECES >= 2000  # noqa: PLR2004 - shorter bars are read in metres
    unit = 1000 if in_km else 1
    figures = tuple(f"{piece * number / unit:g}" for number in range(PIECES + 1))
    return ScaleBar(piece * 1000 / scale, figures, "km" if in_km else "m")
