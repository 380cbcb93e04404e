"""MapInfo tables as GDAL writes them, each with all its files in a zip."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from tests.source_files import zip_of


def mapinfo_members(
    geometries: Sequence[BaseGeometry],
    columns: Mapping[str, Sequence[Any]],
    *,
    name: str = "plots.mif",
    crs: str = "EPSG:4550",
    encoding: str | None = "CP936",
    **layer: str,
) -> dict[str, bytes]:
    """Return the files of a table by their names; further options of the layer by name."""
    arrays = [np.array(values) for values in columns.values()]
    typed = [array.astype(object) if array.dtype.kind == "U" else array for array in arrays]
    kind = "TAB" if name.endswith(".tab") else "MIF"
    with tempfile.TemporaryDirectory() as folder:
        pyogrio.raw.write(
            Path(folder) / name,
            np.array([shapely.to_wkb(each) for each in geometries], object),
            typed,
            list(columns),
            geometry_type="Unknown",
            crs=crs,
            driver="MapInfo File",
            dataset_options={"FORMAT": kind, **({"ENCODING": encoding} if encoding else {})},
            layer_options=layer,
        )
        return {file.name: file.read_bytes() for file in Path(folder).iterdir()}


def mapinfo(*args: Any, **options: Any) -> bytes:
    """Return the files of ``mapinfo_members`` in a zip."""
    return zip_of(mapinfo_members(*args, **options))
