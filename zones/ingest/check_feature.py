"""One feature as a client sends it, checked as a file's features are, in the confined process."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from zones.crs.reference_systems import CRS
from zones.errors import SourceError
from zones.ingest.read_source import Reading, ReadRequest, read_source
from zones.model import JSON, BBox, CollectionInfo, Feature, Problem
from zones.sandbox.limits import Limits

GeoJSON = dict[str, JSON]

_NAME = "feature.geojson"


@dataclass(frozen=True, slots=True)
class CheckedFeature:
    """The feature fit to be stored, or None and why not; ``problems`` has remarks besides."""

    feature: Feature | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems for which the feature is refused."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


@dataclass(frozen=True, slots=True)
class CheckedFeatures:
    """Features by their ids, none if any is refused; ``problems`` by the ids they are about."""

    features: Mapping[str, Feature]
    problems: tuple[tuple[str | None, Problem], ...]


def check_feature(
    document: GeoJSON,
    fid: str,
    *,
    info: CollectionInfo,
    crs: CRS,
    extent: BBox | None,
    limits: Limits,
) -> CheckedFeature:
    """Return the feature of a GeoJSON object as it may be stored in the collection.

    Parameters
    ----------
    document
        With ``geometry``, its axes in the order that the authority gives ``crs``, and
        ``properties``. What else it has is not looked at.
    fid
        The feature's id, whatever the document says.
    extent
        Where features are expected; see ``zones.georeference.expected_place.surroundings``.

    Raises
    ------
    SourceError
        If it cannot be read at all, or only a person could say what it means.
    """
    checked = check_features({fid: document}, info=info, crs=crs, extent=extent, limits=limits)
    problems = tuple(problem for _, problem in checked.problems)
    return CheckedFeature(checked.features.get(fid), problems)


def check_features(
    documents: Mapping[str, GeoJSON],
    *,
    info: CollectionInfo,
    crs: CRS,
    extent: BBox | None,
    limits: Limits,
) -> CheckedFeatures:
    """Return features by their ids as they may be stored together; see ``check_feature``.

    Raises
    ------
    SourceError
    """
    features = [
        {
            "type": "Feature",
            "id": fid,
            "geometry": in_xy_order(document.get("geometry"), crs),
            "properties": document.get("properties"),
        }
        for fid, document in documents.items()
    ]
    encoded = orjson.dumps({"type": "FeatureCollection", "features": features})
    request = ReadRequest(crs=crs.key, kinds=info.kinds, extent=extent, ids_needed=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _NAME
        path.write_bytes(encoded)
        reading = read_source(path, file_name=_NAME, request=request, limits=limits)
    return _checked(reading, list(documents))


def _checked(reading: Reading, fids: Sequence[str]) -> CheckedFeatures:
    if reading.question is not None:
        raise SourceError(reading.question.code, **dict[str, Any](reading.question.params))
    problems = tuple((_fid_at(problem.feature, fids), problem) for problem in reading.problems)
    read = {fids[each.number - 1]: each for each in reading.features}
    features = {fid: Feature(fid, each.geometry, each.properties) for fid, each in read.items()}
    return CheckedFeatures(features, problems)


def _fid_at(number: int | None, fids: Sequence[str]) -> str | None:
    return fids[number - 1] if number is not None and 0 < number <= len(fids) else None


def in_xy_order(geometry: JSON, crs: CRS) -> JSON:
    """Return a GeoJSON geometry with x (longitude, easting) first.

    What is not a geometry comes back as it is: whoever reads it will say what is wrong.
    """
    if crs.axis_order == "xy" or not isinstance(geometry, dict):
        return geometry
    turned = dict(geometry)
    if "coordinates" in turned:
        turned["coordinates"] = _turned(turned["coordinates"])
    parts = turned.get("geometries")
    if isinstance(parts, list):
        turned["geometries"] = [in_xy_order(part, crs) for part in parts]
    return turned


def _turned(coordinates: JSON) -> JSON:
    if not isinstance(coordinates, list):
        return coordinates
    if len(coordinates) > 1 and not isinstance(coordinates[0], list):
        return [coordinates[1], coordinates[0], *coordinates[2:]]
    return [_turned(each) for each in coordinates]


def free_id(taken: Iterable[str]) -> str:
    """Return the running number after the highest that is taken; 1 if there is none."""
    numbers = (int(fid) for fid in taken if fid.isascii() and fid.isdigit() and len(fid) < 16)  # noqa: PLR2004 - counts exactly in every client
    return str(max(numbers, default=0) + 1)
