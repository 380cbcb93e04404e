"""Features as a GeoDataFrame and back, for notebooks and for what geopandas does well.

geopandas brings pandas, which takes a quarter of a second to load: it is imported where it is used.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zones.crs.reference_systems import CRS
from zones.crs.source_crs import SourceCRS, source_crs_from_wkt
from zones.crs.transform import geometry_from_storage, geometry_to_storage
from zones.errors import UnknownCRSError
from zones.model import JSON, Feature
from zones.snapshot.geometry_arrays import array_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


def frame_of(features: Sequence[Feature], crs: CRS) -> "GeoDataFrame":
    """Return features with their stored digits as a GeoDataFrame, indexed by ``fid``.

    A column for each property that any feature has, None where one lacks it, then ``geometry``
    in ``crs``, x first; a property of that name is left out. GCJ-02 and BD-09 are unknown to
    other programs: in these the frame has no ``crs``, so that nobody takes them for WGS 84.
    """
    from geopandas import GeoDataFrame
    from pandas import Index

    names = dict.fromkeys(name for feature in features for name in feature.properties)
    names.pop("geometry", None)
    columns = {name: [each.properties.get(name) for each in features] for name in names}
    placed = geometry_from_storage(array_of([each.geometry for each in features]), crs)
    index = Index([feature.fid for feature in features], name="fid", dtype=object)
    known = None if crs.is_shifted else crs.key
    return GeoDataFrame(columns, index=index, geometry=placed, crs=known)


def features_of(frame: "GeoDataFrame", crs: CRS | None) -> Iterator[Feature]:
    """Return a frame's rows as features in EPSG:4490; the frame is left as it is.

    The index becomes the fids, as text; missing values become None.

    Parameters
    ----------
    crs
        The system of the geometries, by default ``frame.crs``. ``CRS.GCJ02`` or ``CRS.BD09``
        undo the shift, after the projection where ``frame.crs`` names one.

    Raises
    ------
    UnknownCRSError
        If neither says where the geometries are.
    ValueError
        If two rows have one index.
    """
    if not frame.index.is_unique:
        raise ValueError("the index of the frame must name each row once")
    geometries = frame.geometry.to_numpy()
    for system in _systems(frame, crs):
        geometries = geometry_to_storage(geometries, system)
    rows = zip(frame.index, geometries, _properties(frame), strict=True)
    return (Feature(str(fid), geometry, properties) for fid, geometry, properties in rows)


def _systems(frame: "GeoDataFrame", crs: CRS | None) -> Iterator[CRS | SourceCRS]:
    """Yield the steps into storage: the frame's own system, then the datum that was declared."""
    if crs is not None and (frame.crs is None or not crs.is_shifted):
        yield crs
        return
    if frame.crs is None:
        raise UnknownCRSError("frame-crs-missing")
    own = source_crs_from_wkt(frame.crs.to_wkt())
    yield own
    if crs is not None:
        yield crs


def _properties(frame: "GeoDataFrame") -> Iterator[dict[str, JSON]]:
    table = frame.drop(columns=frame.geometry.name)
    names = [str(name) for name in table.columns]
    columns = [[_plain(value) for value in table.iloc[:, i]] for i in range(len(names))]
    for i in range(len(table)):
        yield dict(zip(names, (column[i] for column in columns), strict=True))


def _plain(value: Any) -> JSON:
    """Return a cell as JSON has it: pandas' several kinds of nothing are one."""
    from pandas import isna

    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | tuple | dict | str | bool | int):
        return value if not isinstance(value, tuple) else list(value)
    if value is None or isna(value):
        return None
    return float(value) if isinstance(value, float) else str(value)
