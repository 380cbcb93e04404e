"""TopoJSON: arcs put together by GDAL, properties as the file has them.

GDAL makes the largest number of 64 bits of an integer beyond them, and drops objects without a
place (3.12.4, seen here). So it reads a copy whose objects have nothing but a number of their own,
by which their properties are found again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from zones.crs.reference_systems import CRS
from zones.errors import SourceError
from zones.formats.gdal.gml import described
from zones.formats.gdal.layers import layer_names
from zones.formats.gdal.source import GDALLayer, GDALSource
from zones.formats.gdal.topojson_positions import empty_parts_of, flattened, objects_of
from zones.formats.geojson.features import number_remarks
from zones.formats.merged_layers import merged
from zones.geojson.duplicate_members import repeated_member
from zones.geojson.lossy_numbers import Bent, LongNumber, has_long_number, parsed_long, settled
from zones.model import JSON, Problem
from zones.sandbox.child_task import ReadTask
from zones.source.layer_choice import choose_layers
from zones.source.model import Source, SourceBatch
from zones.source.reading_choices import SourceChoice

_NUMBER: Final = "_n"
_ID: Final = "id"


@dataclass(slots=True)
class _Objects:
    """Properties of objects by their numbers, what is bent of them, and those without a place.

    ``empty`` is how many parts without arcs an object has; -1 for one that lacks an outline.
    """

    properties: list[dict[str, JSON]] = field(default_factory=list)
    bent: list[list[tuple[str, LongNumber]]] = field(default_factory=list)
    placeless: dict[str, list[int]] = field(default_factory=dict)
    empty: dict[int, int] = field(default_factory=dict)


def open_topojson(path: Path, task: ReadTask, choice: SourceChoice) -> Source:
    """Return the chosen objects of a TopoJSON.

    It has no word for a reference system: its numbers are degrees, as GeoJSON's are.

    Raises
    ------
    SourceError
        ``topojson-broken`` if it has no objects, or arcs that GDAL cannot read;
        ``topojson-number`` for a position that is none, ``json-member-repeated``.
    """
    text = path.read_bytes()
    try:
        topology = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise SourceError("topojson-broken") from fault
    if (name := repeated_member(text, topology)) is not None:
        raise SourceError("json-member-repeated", name=name, line=1)
    heights = flattened(topology)
    objects = _numbered(topology, parsed_long(text)[0] if has_long_number(text) else topology)
    path.write_bytes(orjson.dumps(topology))
    try:
        layers = layer_names(path)
    except SourceError as fault:  # GDAL's word for one without objects too
        raise SourceError("topojson-broken") from fault
    chosen = [
        GDALLayer(
            format="topojson",
            path=path,
            layer=name,
            layers=layers,
            crs_in_format=CRS.CRS84,
            left_out=frozenset({_ID}),
            notes=heights,
        )
        for name in choose_layers(layers, choice.layers, describe=described(path))
    ]
    return merged([_TopoJSONSource(each, objects, choice, task) for each in chosen])


def _numbered(topology: Any, exact: Any) -> _Objects:
    """Put numbers in the place of properties, and return these; ``exact`` has all their digits."""
    found = _Objects()
    pairs = zip(objects_of(topology), objects_of(exact), strict=True)
    for number, ((layer, one), (_, other)) in enumerate(pairs):
        bent: list[tuple[str, LongNumber]] = []
        own = other.get("properties")
        properties = {} if not isinstance(own, dict) else settled(own, "properties", bent)
        if (identifier := other.get(_ID)) is not None:
            name = _ID if _ID not in properties else f"topojson_{_ID}"
            properties = {name: settled(identifier, _ID, bent), **properties}
        found.properties.append(properties)
        found.bent.append(bent)
        one["properties"] = {_NUMBER: number}
        if lost := empty_parts_of(one):
            found.empty[number] = lost
        if one.get("type") is None:
            found.placeless.setdefault(layer, []).append(number)
    return found


class _TopoJSONSource:
    """An object's features with their own properties; those without a place come last."""

    def __init__(
        self, layer: GDALLayer, objects: _Objects, choice: SourceChoice, task: ReadTask
    ) -> None:
        self._inner = GDALSource(layer, crs=choice.crs, limits=task.limits)
        self._objects = objects
        self._placeless = objects.placeless.get(layer.layer, [])
        self.layer = replace(self._inner.layer, field_types={})

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features, each time with the fraction of the file that is done."""
        done = 0
        for share, batch in self._inner.batches():
            done += len(batch.numbers)
            numbers = [row.get(_NUMBER) for row in batch.properties]
            yield share, self._with_properties(batch, numbers)
        if self._placeless:
            count = len(self._placeless)
            places = np.full(count, None, dtype=object)
            after = np.arange(done + 1, done + count + 1)
            batch = SourceBatch(after, places, [None] * count, [{}] * count, ())
            yield 1.0, self._with_properties(batch, self._placeless)

    def _with_properties(self, batch: SourceBatch, numbers: Any) -> SourceBatch:
        """Return the batch with the properties of these objects, None for one without a number."""
        rows: list[dict[str, JSON]] = []
        bent: list[Bent] = []
        for at, number in enumerate(numbers):
            rows.append({} if number is None else self._objects.properties[number])
            for name, each in () if number is None else self._objects.bent[number]:
                stored = str(each) if each.is_integer else float(each)
                bent.append(Bent(at, name, str(each), stored))
        lost = [self._objects.empty.get(number, 0) for number in numbers]
        remarks = (
            *batch.problems,
            *number_remarks(bent, batch.numbers),
            *_part_remarks(lost, batch.numbers),
        )
        return replace(batch, properties=rows, problems=remarks)


def _part_remarks(lost: Sequence[int], numbers: NDArray[np.int64]) -> Iterator[Problem]:
    """Yield what to say of parts without arcs, by how many each feature has."""
    for at, count in enumerate(lost):
        if count < 0:
            yield Problem("ring-too-short", {"points": 0}, feature=int(numbers[at]))
    if (whole := sum(count for count in lost if count > 0)) > 0:
        first = next(at for at, count in enumerate(lost) if count > 0)
        params: dict[str, JSON] = {"count": whole}
        yield Problem("geometry-parts-empty", params, "note", feature=int(numbers[first]))
