"""KML and KMZ -> layer and batches, read by ourselves: GDAL drops what it cannot read."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_to_storage
from zones.encoding.decide_encoding import EncodingFinding
from zones.errors import SourceLimitError
from zones.formats.geojson.features import number_remarks
from zones.formats.kml.datum import chosen_datum
from zones.formats.kml.fields import FieldKey, is_misfit, is_rounded, labels_of, value_of
from zones.formats.kml.placemarks import PlacemarkRecord
from zones.formats.kml.survey import KMLSurvey, counted
from zones.geojson.lossy_numbers import Bent
from zones.model import JSON, FieldInfo, Problem
from zones.sandbox.limits import Limits
from zones.source.field_descriptions import field_infos
from zones.source.file_findings import FormatName
from zones.source.model import SourceBatch, SourceLayer

_BATCH_FEATURES, _BATCH_VERTICES = 2000, 200_000
_LONGEST_NAME = 80
_LAYER_FIELD: FieldKey = (True, "layer", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class KMLFile:
    """A KML that was looked through."""

    format: FormatName
    encoding: EncodingFinding
    survey: KMLSurvey
    notes: tuple[Problem, ...] = ()


class KMLSource:
    """The placemarks of some folders; which one, is a property of theirs if there are several."""

    def __init__(
        self,
        file: KMLFile,
        *,
        chosen: tuple[int, ...],
        crs: str | None,
        datum: str | None,
        limits: Limits,
    ) -> None:
        survey = file.survey
        self._file, self._chosen = file, frozenset(chosen)
        self._count = sum(survey.folders[index].count for index in chosen)
        if self._count > limits.max_features:
            raise SourceLimitError("too-many-features", most=limits.max_features)
        system = chosen_datum(survey.named_datums(chosen), crs=crs, datum=datum)
        self._datums = system.each
        keys = survey.fields(chosen)
        self._labels = labels_of([*keys, _LAYER_FIELD] if len(chosen) > 1 else keys)
        self._misfits: set[str] = set()
        infos = field_infos(self._titled(), tuple(self._labels.values()))
        self.layer = SourceLayer(
            format=file.format,
            layer=", ".join(survey.paths[index] for index in chosen),
            layers=tuple(survey.paths.values()),
            encoding=file.encoding,
            crs=system.crs,
            crs_finding=system.finding,
            notes=(
                *file.notes,
                *survey.notes(),
                *system.notes,
                *_renamed(self._labels),
                *infos.notes,
            ),
            fields=infos.fields,
        )

    def _titled(self) -> Iterator[FieldInfo]:
        """Yield the titles that the file's schemas have for fields of the layer."""
        for name, title in self._file.survey.titles.items():
            if (label := self._labels.get((False, name, 0))) is not None:
                yield FieldInfo(label, title)

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        batch, done = _Batch(1), 0
        for placemark in self._file.survey.placemarks:
            if placemark.container not in self._chosen:
                continue
            self._take(placemark, batch)
            done += 1
            if batch.is_full:
                yield done / self._count, batch.finished()
                batch = _Batch(batch.next_number)
        if batch.shapes:
            yield 1.0, batch.finished()

    def _take(self, placemark: PlacemarkRecord, batch: "_Batch") -> None:
        survey = self._file.survey
        properties: dict[str, JSON] = dict.fromkeys(self._labels.values())
        for each in placemark.fields:
            label, type_name = self._labels[each.key], each.type_in(survey.schemas)
            properties[label] = value = value_of(each.text, type_name)
            if is_misfit(value, type_name) and label not in self._misfits:
                self._misfits.add(label)
                batch.add_misfit(each.text, type_name, label)
            if isinstance(value, float) and is_rounded(value, each.text):
                batch.add_rounded(each.text.strip(), value, label)
        if _LAYER_FIELD in self._labels:
            properties[self._labels[_LAYER_FIELD]] = survey.paths[placemark.container]
        word = placemark.datum or survey.datums[placemark.container]
        batch.add(placemark, properties, self._datums.get(word))


@dataclass(slots=True)
class _Batch:
    """Features as they are gathered, and what has to be told of them."""

    first: int
    shapes: list[BaseGeometry | bytes | None] = field(default_factory=list)
    ids: list[str | int | float | None] = field(default_factory=list)
    properties: list[dict[str, JSON]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rounded: list[Bent] = field(default_factory=list)
    vertices: int = 0
    flattened: int = 0
    _shifted: dict[int, CRS] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _firsts: dict[str, tuple[int, dict[str, JSON]]] = field(default_factory=dict)
    _unread: Counter[str] = field(default_factory=Counter)

    @property
    def next_number(self) -> int:
        """The number of the feature that is added next."""
        return self.first + len(self.shapes)

    @property
    def is_full(self) -> bool:
        return len(self.shapes) >= _BATCH_FEATURES or self.vertices >= _BATCH_VERTICES

    def add_misfit(self, text: str, type_name: str, label: str) -> None:
        """Tell of a value of the next feature that is not of the type stated for its field."""
        params: dict[str, JSON] = {"type": type_name[:20], "value": text[:_LONGEST_NAME]}
        self.problems.append(
            Problem("kml-value-as-text", params, "note", feature=self.next_number, field=label)
        )

    def add_rounded(self, text: str, value: float, label: str) -> None:
        """Tell of a number of the next feature that has more digits than a double."""
        self.rounded.append(Bent(len(self.shapes), label, text, value))

    def add(
        self, placemark: PlacemarkRecord, properties: dict[str, JSON], datum: CRS | None
    ) -> None:
        """Add a feature, in a shifted datum of its own if it has one."""
        if (fault := placemark.fault) is not None:
            self.problems.append(Problem(fault.code, fault.params, feature=self.next_number))
        self._remember(placemark)
        if datum is not None:
            self._shifted[len(self.shapes)] = datum
        self.shapes.append(placemark.shape)
        self.ids.append(placemark.fid)
        self.properties.append(properties)

    def _remember(self, placemark: PlacemarkRecord) -> None:
        seen = placemark.remarks
        self.vertices += seen.vertices
        if seen.is_plain and not placemark.is_html:
            return
        self.flattened += seen.high
        self._unread.update(seen.unread)
        for code, count in (
            ("rings-closed", int(seen.closed)),
            ("kml-coordinates-read", int(seen.mended is not None)),
            ("kml-parts-empty", seen.empty),
            ("kml-track-times", int(seen.timed)),
            ("kml-html-read", int(placemark.is_html)),
        ):
            if count:
                self._counts[code] += count
                params: dict[str, JSON] = {"name": placemark.name, "text": seen.mended or ""}
                self._firsts.setdefault(code, (self.next_number, params))

    def finished(self) -> SourceBatch:
        """Return the features with what is to be told of them."""
        remarks = [
            Problem(
                code,
                {**params, "count": self._counts[code]},
                "warning" if code == "rings-closed" else "note",
                feature=number,
            )
            for code, (number, params) in self._firsts.items()
        ]
        if self._unread:
            remarks.append(Problem("kml-not-read", {"kinds": counted(self._unread)}, "note"))
        numbers = np.arange(self.first, self.next_number)
        return SourceBatch(
            numbers,
            self._geometries(),
            self.ids,
            self.properties,
            (*self.problems, *remarks, *number_remarks(self.rounded, numbers)),
            self.flattened,
        )

    def _geometries(self) -> NDArray[np.object_]:
        geometries = np.array([*self.shapes, None], dtype=object)[:-1]
        plain = [at for at, shape in enumerate(self.shapes) if isinstance(shape, bytes)]
        geometries[plain] = shapely.from_wkb(geometries[plain])
        for at, datum in self._shifted.items():
            if geometries[at] is not None:
                geometries[at] = unshifted(geometries[at], datum)
        return geometries


def unshifted(geometry: BaseGeometry, datum: CRS) -> BaseGeometry:
    """Return a geometry in degrees that are not shifted; as it is where it cannot be in them."""
    lonlat = shapely.get_coordinates(geometry)
    if not (np.abs(lonlat) <= (180.0, 90.0)).all():
        return geometry  # for the validation to tell of
    moved: BaseGeometry = geometry_to_storage(np.array([geometry]), datum)[0]
    return moved


def _renamed(labels: Mapping[FieldKey, str]) -> Iterator[Problem]:
    for (_, label, _), name in labels.items():
        if name != label:
            params: dict[str, JSON] = {"label": label[:_LONGEST_NAME], "name": name}
            yield Problem("field-renamed", params, "note", field=name)
