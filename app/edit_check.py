"""The check of an edited feature, as it is asked of a process of its own."""

import threading
from dataclasses import dataclass

from zones.crs import CRS
from zones.feature_check import CheckedFeature, GeoJSON, check_feature
from zones.model import BBox, CollectionInfo
from zones.sources.limits import Limits


@dataclass(frozen=True, slots=True)
class CheckOrder:
    """A feature to be checked; see ``zones.feature_check.check_feature``."""

    id: str
    document: GeoJSON
    fid: str
    info: CollectionInfo
    crs: CRS
    extent: BBox | None
    limits: Limits

    def carried_out(self, cancelled: threading.Event) -> CheckedFeature:
        """Return the feature as it may be stored, or why not.

        Raises
        ------
        SourceError
        """
        return check_feature(
            self.document,
            self.fid,
            info=self.info,
            crs=self.crs,
            extent=self.extent,
            limits=self.limits,
        )
