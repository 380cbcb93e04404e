"""What GDAL says of the layers of a file, and their values as it reads them."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from zones.crs.source_crs import (
    SourceCRS,
    source_crs_from_epsg,
    source_crs_from_esri,
    source_crs_from_wkt,
)
from zones.errors import SourceError
from zones.formats.gdal.faults import gdal_faults
from zones.model import JSON, Problem

_MOST_SAMPLES, _LONGEST_SAMPLE = 3, 40
_REGISTERS: Final = {"EPSG": source_crs_from_epsg, "ESRI": source_crs_from_esri}
_LISTED: Final = 200
_MEASURED: Final = "Measured (M)"


def layer_names(path: Path) -> tuple[str, ...]:
    """Return the names of the layers that have geometries.

    Raises
    ------
    SourceError
        ``source-unreadable`` if the file is not of its format.
    """
    return tuple(name for name, kind in _listed(path) if kind is not None)


def names_without_places(path: Path) -> list[str]:
    """Return the names of the tables that have no geometries."""
    return [name for name, kind in _listed(path) if kind is None]


def _listed(path: Path) -> list[tuple[str, str | None]]:
    import pyogrio

    with gdal_faults():
        return [(str(name), kind) for name, kind in pyogrio.list_layers(path)]


def first_texts(path: Path, layer: str) -> list[str]:
    """Return a text of each of a layer's first features, for people to know the layer by."""
    _, _, _, columns = read_layer(path, layer, max_features=_MOST_SAMPLES, read_geometry=False)
    texts = []
    for row in zip(*columns, strict=True):
        found = (value for value in row if isinstance(value, str) and value.strip())
        texts.append(next(found, "")[:_LONGEST_SAMPLE])
    return [text for text in texts if text]


def layer_info(path: Path, layer: str, *, counted: bool = True) -> dict[str, Any]:
    """Return what GDAL tells of a layer, its features counted.

    Without ``counted`` their number is -1 where GDAL would have to read all of them for it.

    ``measured`` is whether they have measures (M), which pyogrio leaves out with a warning.

    Raises
    ------
    SourceError
        ``source-unreadable``; ``layer-kind-unread`` for kinds that pyogrio refuses, such as
        geometries of any kind with measures.
    """
    import pyogrio
    from pyogrio.errors import GeometryError

    with gdal_faults(), warnings.catch_warnings(record=True) as doubts:
        warnings.simplefilter("always")
        try:
            info: dict[str, Any] = pyogrio.read_info(path, layer=layer, force_feature_count=counted)
        except GeometryError as error:
            raise SourceError("layer-kind-unread", layer=layer) from error
    return {**info, "measured": any(_MEASURED in str(doubt.message) for doubt in doubts)}


def tables_without_places(names: list[str]) -> Iterator[Problem]:
    """Yield which tables of a file are passed over."""
    if names:
        params: dict[str, JSON] = {"count": len(names), "tables": ", ".join(names)[:_LISTED]}
        yield Problem("tables-passed-over", params, "note")


def read_layer(path: Path, layer: str, **options: Any) -> Any:
    """Return what ``pyogrio.raw.read`` does: metadata, fids, WKB, one array for each field."""
    from pyogrio import raw

    with gdal_faults():
        return raw.read(path, layer=layer, datetime_as_string=True, **options)


def declared_by_gdal(crs: str | None) -> SourceCRS | None:
    """Return the reference system that GDAL read from the file, None if the file names none."""
    if not crs or "Undefined" in crs or "Unknown" in crs:
        return None
    authority, _, code = crs.partition(":")
    if authority in _REGISTERS and code.isdigit():
        return _REGISTERS[authority](int(code))
    return source_crs_from_wkt(crs)
