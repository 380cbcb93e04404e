"""What is to be exported: features whose shapes are in the system asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final

import numpy as np
import shapely

from zones.crs.transform import CRS, geometry_from_storage
from zones.export.typed_columns import TypedColumn, columns_of
from zones.memory.work_in_slices import sliced
from zones.model import CollectionInfo, Feature

MADE_BY: Final = "Heping Zones"


@dataclass(frozen=True)
class ExportLayer:
    """A collection on its way into a file; coordinates are x, y in ``crs``, not rounded."""

    info: CollectionInfo
    features: Sequence[Feature]
    crs: CRS

    @cached_property
    def shapes(self) -> Any:
        """Return the geometries in ``crs``: an array of objects, None where there is none."""
        stored = np.empty(len(self.features), dtype=object)
        stored[:] = [feature.geometry for feature in self.features]
        if self.crs.is_lonlat and not shapely.has_z(stored).any():
            return stored  # a copy would take its time twice, when it is made and when it goes
        return sliced(partial(geometry_from_storage, crs=self.crs), stored)

    @cached_property
    def columns(self) -> list[TypedColumn]:
        """Return the ids and attributes as columns."""
        return columns_of(self.features)

    @property
    def declared_crs(self) -> str:
        """Return what programs on PROJ are told: an EPSG code, or WKT that they place nowhere.

        The shifted datums have no code, and calling them WGS 84 would put them 500 m off.
        """
        if self.crs.is_shifted:
            return f'LOCAL_CS["{self.crs.label_en}",UNIT["degree",0.0174532925199433]]'
        return "EPSG:4326" if self.crs is CRS.CRS84 else self.crs.key
