"""The check of an edited feature, as it is asked of a process of its own."""

import threading
from dataclasses import dataclass

from zones.crs.transform import CRS
from zones.ingest.check_feature import CheckedFeature, GeoJSON, check_feature
from zones.model import BBox, CollectionInfo
from zones.sandbox.limits import Limits


@dataclass(frozen=True, slots=True)
class CheckWork:
    """A feature to be checked; see ``zones.ingest.check_feature.check_feature``."""

    id: str
    document: GeoJSON
    fid: str
    info: CollectionInfo
    crs: CRS
    extent: BBox | None
    limits: Limits

    def run(self, cancelled: threading.Event) -> CheckedFeature:
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
