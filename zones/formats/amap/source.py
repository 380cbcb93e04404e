"""An answer of AMap or Baidu -> layer and batches."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

import numpy as np
from shapely.geometry.base import BaseGeometry

from zones.crs.reference_systems import CRS
from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError
from zones.formats.amap.objects import Kind, PlacedObject, count_without_outline, placed_objects
from zones.formats.coordinate_strings import UnreadablePolyline, area_of, line_of, place_of
from zones.formats.geojson.feature_collection import JSONCollection
from zones.model import Problem
from zones.sandbox.limits import Limits
from zones.source.model import NOT_SHIFTED, SourceBatch, SourceLayer, chosen_crs
from zones.source.reading_choices import SourceChoice

_BATCH_FEATURES: Final = 2000
_BUILDERS: Final[dict[Kind, Callable[[str], BaseGeometry]]] = {
    "area": area_of,
    "line": line_of,
    "place": place_of,
}
_SHOWN: Final = 200


class MapAnswerSource:
    """The objects of an answer that have a place; outlines rather than places where both occur."""

    def __init__(self, file: BinaryIO, choice: SourceChoice, limits: Limits) -> None:
        root = JSONCollection(file, limits).root
        self._found = _of_one_kind(list(placed_objects(root)))
        if not self._found:
            raise _nothing(root)
        datum = _datum_of(root)
        option = choice.crs or (choice.datum and _as_crs(choice.datum))
        system, finding = chosen_crs(option, in_format=datum)
        self.layer = SourceLayer(
            format="amap",
            layer=None,
            layers=(),
            encoding=EncodingFinding(UTF_8, "format"),
            crs=system,
            crs_finding=finding,
            notes=tuple(_notes(root, None if option else datum, self._found)),
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the objects in order, each time with the fraction that is done."""
        for begin in range(0, len(self._found), _BATCH_FEATURES):
            some = self._found[begin : begin + _BATCH_FEATURES]
            yield (begin + len(some)) / len(self._found), _batch(some, begin + 1)


def _batch(found: list[PlacedObject], first: int) -> SourceBatch:
    shapes = np.full(len(found), None, dtype=object)
    problems: list[Problem] = []
    for at, each in enumerate(found):
        try:
            shapes[at] = _BUILDERS[each.kind](each.text)
        except UnreadablePolyline as fault:
            problems.append(Problem("amap-polyline", {"text": fault.text}, feature=first + at))
    return SourceBatch(
        np.arange(first, first + len(found)),
        shapes,
        [None] * len(found),
        [each.properties for each in found],
        tuple(problems),
    )


def _of_one_kind(found: list[PlacedObject]) -> list[PlacedObject]:
    """Return the areas if there are any, else the lines, else the places."""
    for kind in _BUILDERS:
        if some := [each for each in found if each.kind == kind]:
            return some
    return []


def _datum_of(root: dict[str, Any]) -> CRS:
    """Return the datum by the form of the answer: AMap's status is a text, Baidu's a number."""
    is_amap = isinstance(root.get("status"), str) or "infocode" in root
    return CRS.GCJ02 if is_amap or not _has_baidu_form(root) else CRS.BD09


def _has_baidu_form(root: dict[str, Any]) -> bool:
    pending: list[Any] = [root]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if "boundaries" in value or {"lng", "lat"} <= value.keys():
                return True
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    return False


def _as_crs(datum: str) -> str:
    return CRS.CRS84.key if datum.strip().lower() == NOT_SHIFTED else datum


def _nothing(root: dict[str, Any]) -> SourceError:
    """Return the fault of an answer without places: the service's own, or that there are none."""
    message = root.get("info") or root.get("message") or ""
    if str(root.get("status")) in ("0", "1") and str(message).upper() not in ("", "OK"):
        return SourceError("amap-error", message=str(message)[:_SHOWN])
    return SourceError("amap-no-places", members=", ".join(map(str, root))[:_SHOWN])


def _notes(root: dict[str, Any], datum: CRS | None, found: list[PlacedObject]) -> Iterator[Problem]:
    if datum is not None:
        yield Problem("amap-datum", {"datum": datum.datum}, "note")
    without = count_without_outline(root) if found[0].kind == "area" else 0
    if without:
        yield Problem("amap-without-outline", {"count": without}, "warning")
