"""When the datum of degrees is for a person to decide, though the file names a system.

Either the data fit the district better in another datum, beyond chance, or they have the form of
outlines that are known to be in GCJ-02. A person who has named system or datum is not asked.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.georeference.amap_outline_recognition import AmapForm
from zones.georeference.candidate_reasons import place_reason, verdict
from zones.georeference.crs_candidates import candidate_at, form_reasons
from zones.georeference.datum_fit import (
    SYSTEMS,
    as_in_file,
    datum_finding,
    datum_fits,
)
from zones.georeference.outline_fit import OutlineFits
from zones.georeference.usual_systems import DEGREES
from zones.georeference.vertex_sample import Sample
from zones.questions_to_people import Candidate, OpenQuestion, OptionName, Params, Reason
from zones.source.file_findings import CRSFinding, DatumFinding, DatumName

_DEGREES: Final = {system.key: system for system in DEGREES}
_NAMES: Final = {name: crs.key for name, crs in SYSTEMS.items()}


class DatumDoubts:
    """Gathers, while a file is read, what speaks for the datum it was taken for, and against.

    Parameters
    ----------
    taken
        The datum that the degrees are taken for.
    crs
        The system in use, and on whose word; ``by_person`` if a person named it or the datum.
    outline
        The district in EPSG:4490; None leaves only the form of the features.
    """

    def __init__(
        self, taken: DatumName, crs: CRSFinding, outline: BaseGeometry | None, *, by_person: bool
    ) -> None:
        self._taken, self._crs, self._outline = taken, crs, outline
        self._by_person = by_person
        self._sample, self._form = Sample(), AmapForm()

    def take(self, geometries: NDArray[np.object_], rows: Sequence[Mapping[str, object]]) -> None:
        """Look at features as they are to be stored, in EPSG:4490."""
        self._sample.take(geometries)
        self._form.take(rows)

    @cached_property
    def finding(self) -> DatumFinding:
        """Return how well the data fit the district in each datum."""
        if self._fits is None:
            return DatumFinding(self._taken, 0)
        return datum_finding(self._fits, self._taken)

    def question(self) -> OpenQuestion | None:
        """Return what to ask, if there is a doubt and nobody has answered it."""
        if self._by_person or not len(self._xy):
            return None
        params: Params = {"crs": self._crs.key or self._crs.name}
        if self.finding.better is not None:
            params["better"] = _NAMES[self.finding.better]
            return OpenQuestion("crs", "ask-datum-better", params, self._candidates())
        if self._is_suspicious():
            params["fields"] = ", ".join(self._form.fields)[:120]
            return OpenQuestion("crs", "ask-datum-form", params, self._candidates())
        return None

    @cached_property
    def _xy(self) -> NDArray[np.float64]:
        return as_in_file(self._sample.vertices(), self._taken)

    @cached_property
    def _fits(self) -> OutlineFits | None:
        if self._outline is None or not len(self._xy):
            return None
        return datum_fits(self._xy, self._outline)

    def _is_suspicious(self) -> bool:
        """Return whether features of AMap's form may well be in its datum."""
        if not self._form.fields or self._taken != "none":
            return False
        return self._fits is None or not self._fits.beats("none", "gcj02")

    def _candidates(self) -> tuple[Candidate, ...]:
        order = self._ranked()
        return tuple(
            candidate_at(
                _DEGREES[_NAMES[name]],
                self._xy,
                self._reasons(name, order),
                options=self._options(name),
            )
            for name in order
        )

    def _ranked(self) -> list[DatumName]:
        """Return the datum that is likeliest first, then that of the file."""
        first: DatumName = self.finding.better or "gcj02"
        if self.finding.better is None and self._fits is not None:
            first = "bd09" if self._fits.beats("bd09", "gcj02") else first
        return sorted(SYSTEMS, key=lambda name: (name != first, name != self._taken))

    def _reasons(self, name: DatumName, order: list[DatumName]) -> list[Reason]:
        reasons = [*form_reasons(name, self._form.fields)]
        if name == self._taken:
            code = "reason-format-says" if self._crs.basis == "format" else "reason-file-says"
            reasons.append(Reason(code, {"crs": self._crs.key or self._crs.name}))
        if self._fits is None:
            return reasons
        reasons.append(place_reason(name, self._fits))
        if name == order[0] and self.finding.better is not None:
            rivals = [each for each in order[1:] if not self._fits.beats(name, each)]
            reasons.append(verdict(order, rivals, self._fits, by_fit=True))
        return reasons

    def _options(self, name: DatumName) -> dict[OptionName, str]:
        """Return what to say: the datum beside the file's system, or another in its place."""
        return {"datum": name} if self._taken == "none" else {"crs": _NAMES[name]}
