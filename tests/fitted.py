"""How vertices fit the outline of a district in each datum, without a file around them."""

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.georeference.datum_fit import (
    as_in_file,
    datum_finding,
    datum_fits,
)
from zones.source.file_findings import DatumFinding, DatumName


def fit_datum(
    lonlat: NDArray[np.float64], outline: BaseGeometry | None, *, taken: DatumName
) -> DatumFinding:
    """Return how well vertices fit the outline under each datum.

    Parameters
    ----------
    lonlat
        Vertices in EPSG:4490 as ``taken`` makes them, shape (n, 2).
    outline
        The district in EPSG:4490; None finds nothing.
    """
    if outline is None or not len(lonlat):
        return DatumFinding(taken, 0)
    return datum_finding(datum_fits(as_in_file(lonlat, taken), outline), taken)
