"""GeoJSON feature objects -> a batch of features, each of them judged by RFC 7946."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zones.formats.geojson.crs_member import SystemOfFile
from zones.formats.geojson.geometry import Built, build_geometries
from zones.geojson.lossy_numbers import Bent
from zones.model import JSON, Problem
from zones.source.model import SourceBatch

_FEATURE_MEMBERS: Final = frozenset({"type", "id", "geometry", "properties", "bbox", "crs"})
_GEOMETRY_MEMBERS: Final = frozenset({"type", "coordinates", "geometries", "bbox", "crs"})
_LONGEST_NAMES = 120


class FeatureObjects:
    """Builds batches of one file; members outside the standard are told once for the file.

    ``system`` is what the file names, which features may repeat but not contradict.
    """

    def __init__(self, system: SystemOfFile) -> None:
        self._system = system
        self._foreign: set[str] = set()

    def batch(
        self, numbers: NDArray[np.int64], features: list[Any], bent: Sequence[Bent] = ()
    ) -> SourceBatch:
        """Return the features of parsed JSON values, which need not be features.

        Parameters
        ----------
        bent
            Their numbers that could not be kept as such.
        """
        problems: list[Problem] = [*number_remarks(bent, numbers)]
        sound = [
            self._sound(item, int(n), problems) for n, item in zip(numbers, features, strict=True)
        ]
        built = build_geometries([feature.get("geometry") for feature in sound])
        problems += _reported(built, numbers)
        return SourceBatch(
            numbers=numbers,
            geometries=built.geometries,
            ids=[_identifier(feature.get("id")) for feature in sound],
            properties=[feature.get("properties") or {} for feature in sound],
            problems=tuple(problems),
            flattened=built.flattened,
        )

    def _sound(self, parsed: Any, number: int, problems: list[Problem]) -> dict[str, Any]:
        """Return the feature if it has the members of one, else an empty stand-in and a problem."""
        if not isinstance(parsed, dict) or parsed.get("type") != "Feature":
            problems.append(Problem("feature-not-geojson", feature=number))
            return {}
        if not isinstance(parsed.get("properties"), dict | None):
            problems.append(Problem("properties-not-object", feature=number))
            return {}
        if isinstance(identifier := parsed.get("id"), bool | list | dict):
            problems.append(Problem("id-unfit", {"value": str(identifier)[:80]}, feature=number))
        self._system.check(parsed, number)
        if foreign := {*(parsed.keys() - _FEATURE_MEMBERS), *_of_geometry(parsed)} - self._foreign:
            self._foreign |= foreign
            names = ", ".join(sorted(foreign))[:_LONGEST_NAMES]
            params: dict[str, JSON] = {"members": names}
            problems.append(Problem("members-ignored", params, "note", feature=number))
        return parsed


def _of_geometry(feature: dict[str, Any]) -> list[str]:
    """Return which members of a feature's geometry are not read."""
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.keys() <= _GEOMETRY_MEMBERS:
        return []
    return [f"geometry.{name}" for name in geometry.keys() - _GEOMETRY_MEMBERS]


def _identifier(value: Any) -> str | int | float | None:
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def number_remarks(bent: Sequence[Bent], numbers: NDArray[np.int64]) -> Iterator[Problem]:
    """Yield for each property, and each way to keep a number, the first of its numbers."""
    groups: dict[tuple[str, bool], list[Bent]] = {}
    for each in bent:
        groups.setdefault((each.name, isinstance(each.stored, str)), []).append(each)
    for (name, is_text), members in groups.items():
        first = members[0]
        params: dict[str, JSON] = {"field": name[:_LONGEST_NAMES], "count": len(members)}
        params |= {"first": first.written[:_LONGEST_NAMES], "kept": str(first.stored)}
        code = "numbers-as-text" if is_text else "numbers-rounded"
        yield Problem(code, params, "warning", feature=int(numbers[first.index]), field=name)


def _reported(built: Built, numbers: NDArray[np.int64]) -> Iterator[Problem]:
    for index, fault in built.faults.items():
        yield Problem(fault.code, dict(fault.params), feature=int(numbers[index]))
    if built.closed:
        first = int(numbers[built.first_closed])
        yield Problem("rings-closed", {"count": built.closed}, "warning", feature=first)
