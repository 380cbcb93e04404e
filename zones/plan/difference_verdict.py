"""What a difference from the plan means, beside how well the lines are known.

Within the accuracy band, the lines as they are known cannot tell the figure from the plan's; beyond
the bound, no error of the lines explains the difference, so that the two must mean something else.
"""

from dataclasses import dataclass
from typing import Any, Literal

from zones.messages import say
from zones.plan.planned_and_measured import ElementMeasure

Level = Literal["within", "beyond_band", "beyond_bound"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How many bands a figure is off, and whether band or bound explain that.

    ``difference`` and ``band`` are km2 of a zone, km of anything else.
    """

    level: Level
    bands: float
    difference: float
    band: float
    unit: str

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return JSON values, the judgement in words among them."""
        code, values = self.words()
        text = say(code, lang, **values).message
        return {"level": self.level, "bands": round(self.bands, 2), "text": text}

    def words(self) -> tuple[str, dict[str, Any]]:
        """Return the code of the sentence that says it, and the values in it."""
        shown = round(self.difference, 2)
        sign = "+" if shown > 0 else "−" if shown else ""
        params = {
            "difference": f"{sign}{abs(shown):.2f} {self.unit}",
            "band": f"{self.band:.2f} {self.unit}",
            "bands": f"{self.bands:.1f}",
        }
        return f"judgement-{self.level.replace('_', '-')}", params


def judgement_of(row: ElementMeasure) -> Judgement | None:
    """Return the judgement of an element; None where nothing is planned, drawn or known.

    A zone is judged by its area, an axis or a belt by its length.
    """
    if row.type == "zone":
        area = (row.planned_area_km2, row.area_m2, row.accuracy_band_m2, row.accuracy_bound_m2)
        return _judged(*area, per=1e6, unit="km²")
    length = (row.planned_length_km, row.length_m, row.accuracy_band_m, row.accuracy_bound_m)
    return _judged(*length, per=1e3, unit="km")


def _judged(
    planned: float | None,
    measured: float | None,
    band: float | None,
    bound: float | None,
    *,
    per: float,
    unit: str,
) -> Judgement | None:
    if planned is None or measured is None or not band or bound is None:
        return None
    difference = measured / per - planned
    off = abs(difference) * per
    level: Level = "within" if off <= band else "beyond_band" if off <= bound else "beyond_bound"
    return Judgement(level, off / band, difference, band / per, unit)
