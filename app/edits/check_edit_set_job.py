"""The check of a set of edits, as it is asked of a process of its own."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from zones.crs.transform import CRS
from zones.ingest.check_feature import CheckedFeatures, GeoJSON, check_features
from zones.model import BBox, CollectionInfo, Feature
from zones.quality.edited_topology import TopologyProblem, topology_problems
from zones.sandbox.limits import Limits


@dataclass(frozen=True, slots=True)
class CollectionCheck:
    """What is to be checked of one collection.

    ``documents`` are the features to be put, whole; ``before`` those put and deleted as they were,
    ``around`` those near them that stay.
    """

    info: CollectionInfo
    documents: Mapping[str, GeoJSON]
    before: tuple[Feature, ...]
    around: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class CheckedCollection:
    """The features as they may be stored, or why not; ``topology`` is what there is to remark."""

    info: CollectionInfo
    checked: CheckedFeatures
    topology: tuple[TopologyProblem, ...]

    @property
    def is_refused(self) -> bool:
        """Whether any feature may not be stored."""
        return any(problem.severity == "error" for _, problem in self.checked.problems)


@dataclass(frozen=True, slots=True)
class CheckSetWork:
    """A set of edits to be checked; coordinates are in CRS84."""

    id: str
    collections: tuple[CollectionCheck, ...]
    extent: BBox | None
    limits: Limits

    def run(self, cancelled: threading.Event) -> tuple[CheckedCollection, ...]:
        """Return what was found, collection by collection.

        Raises
        ------
        SourceError
        """
        return tuple(map(self._checked, self.collections))

    def _checked(self, check: CollectionCheck) -> CheckedCollection:
        checked = CheckedFeatures({}, ())
        if check.documents:
            checked = check_features(
                check.documents,
                info=check.info,
                crs=CRS.CRS84,
                extent=self.extent,
                limits=self.limits,
            )
        found = topology_problems(
            {fid: feature.geometry for fid, feature in checked.features.items()},
            before={feature.fid: feature.geometry for feature in check.before},
            around={feature.fid: feature.geometry for feature in check.around},
        )
        return CheckedCollection(check.info, checked, tuple(found))
