"""Whether degrees fit the district's outline better when taken for another datum.

Maps of AMap, Tencent and Baidu are shifted by some 500 m, and files made from them seldom say
so. Nothing is shifted here by guess: the evidence is told, and a person decides.
"""

from functools import partial
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.reference_systems import CRS
from zones.crs.transform import from_storage_xy, geometry_to_storage
from zones.georeference.outline_fit import FEWEST, OutlineFits, Place
from zones.model import Problem
from zones.source.file_findings import DatumFinding, DatumFit, DatumName

SYSTEMS: Final[dict[DatumName, CRS]] = {"none": CRS.CRS84, "gcj02": CRS.GCJ02, "bd09": CRS.BD09}
"""The system of degrees of each datum; what is not shifted first, as it is commonest."""

SQUARE_DEG: Final = 0.005  # some 500 m


def as_in_file(lonlat: NDArray[np.float64], taken: DatumName) -> NDArray[np.float64]:
    """Return degrees as a file has them, of vertices in EPSG:4490 as ``taken`` makes them."""
    return np.column_stack(from_storage_xy(lonlat[:, 0], lonlat[:, 1], SYSTEMS[taken]))


def datum_finding(found: OutlineFits, taken: DatumName) -> DatumFinding:
    """Return what a comparison says of the datum that was taken."""
    if found.points < FEWEST:
        return DatumFinding(taken, found.points)
    fits = tuple(
        DatumFit(name, found.fits[name].border_m, found.fits[name].outside) for name in SYSTEMS
    )
    return DatumFinding(taken, found.points, fits, _better(found, taken))


def datum_fits(xy: NDArray[np.float64], outline: BaseGeometry) -> OutlineFits:
    """Return how degrees, as they stand in a file, fit the outline under each datum."""
    ways: dict[str, Place] = {name: partial(_placed, system) for name, system in SYSTEMS.items()}
    return OutlineFits(xy, ways, outline, square=SQUARE_DEG)


def datum_problem(found: DatumFinding) -> Problem | None:
    """Return the warning that another datum fits better, with its evidence."""
    if found.better is None:
        return None
    by_name = {fit.datum: fit for fit in found.fits}
    taken, better = by_name[found.taken], by_name[found.better]
    params = {
        "taken": found.taken,
        "better": found.better,
        "points": found.points,
        "taken_outside": round(100 * taken.outside, 1),
        "better_outside": round(100 * better.outside, 1),
    }
    if taken.border_m is None or better.border_m is None:
        return Problem("datum-fits-better-inside", dict(params), "warning")
    borders = {"taken_m": round(taken.border_m), "better_m": round(better.border_m)}
    return Problem("datum-fits-better", {**params, **borders}, "warning")


def _placed(system: CRS, xy: NDArray[np.float64]) -> NDArray[np.object_]:
    points: NDArray[np.object_] = geometry_to_storage(shapely.points(xy), system)
    return points


def _better(found: OutlineFits, taken: DatumName) -> DatumName | None:
    """Return the datum that beats the one taken, and any other that does so too."""
    others = [name for name in SYSTEMS if name != taken and found.beats(name, taken)]
    if len(others) > 1 and found.beats(others[1], others[0]):
        return others[1]
    return others[0] if others else None
