"""KML and KMZ -> layer and batches, read by ourselves: GDAL drops what it cannot read."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_to_storage
from zones.encoding.decide_encoding import EncodingFinding
from zones.errors import SourceLimitError
from zones.formats.kml.coordinates import UnreadableCoordinates
from zones.formats.kml.datum import chosen_datum, datum_named
from zones.formats.kml.document import Element, Placemark, walk
from zones.formats.kml.fields import FieldKey, KMLField, fields_of, has_html, labels_of
from zones.formats.kml.geometry import GeometryRemarks, UnfitGeometry, geometry_of
from zones.formats.kml.survey import Survey, counted
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
    """A KML text in UTF-8 that was looked through."""

    format: FormatName
    path: Path
    encoding: EncodingFinding
    survey: Survey
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
        batch = _Batch(1)
        for share, _, placemarks in walk(self._file.path):
            for placemark in placemarks:
                if placemark.container in self._chosen:
                    self._take(placemark, batch)
                if batch.is_full:
                    yield share, batch.finished()
                    batch = _Batch(batch.next_number)
        if batch.geometries:
            yield 1.0, batch.finished()

    def _take(self, placemark: Placemark, batch: "_Batch") -> None:
        element = placemark.element
        fields = fields_of(element, self._file.survey.schemas)
        properties: dict[str, JSON] = dict.fromkeys(self._labels.values())
        for each in fields:
            label, value = self._labels[each.key], each.value
            properties[label] = value
            if each.misfits(value) and label not in self._misfits:
                self._misfits.add(label)
                batch.tell_misfit(each, label)
        if _LAYER_FIELD in self._labels:
            properties[self._labels[_LAYER_FIELD]] = self._file.survey.paths[placemark.container]
        geometry = batch.geometry_of(element)
        word = datum_named(element) or self._file.survey.datums[placemark.container]
        if geometry is not None and (datum := self._datums.get(word)) is not None:
            geometry = unshifted(geometry, datum)
        batch.add(geometry, element.attributes.get("id") or None, properties)


@dataclass(slots=True)
class _Batch:
    """Features as they are gathered, and what has to be told of them."""

    first: int
    geometries: list[BaseGeometry | None] = field(default_factory=list)
    ids: list[str | int | float | None] = field(default_factory=list)
    properties: list[dict[str, JSON]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    vertices: int = 0
    flattened: int = 0
    _counts: Counter[str] = field(default_factory=Counter)
    _firsts: dict[str, tuple[int, dict[str, JSON]]] = field(default_factory=dict)
    _unread: Counter[str] = field(default_factory=Counter)

    @property
    def next_number(self) -> int:
        """The number of the feature that is added next."""
        return self.first + len(self.geometries)

    @property
    def is_full(self) -> bool:
        return len(self.geometries) >= _BATCH_FEATURES or self.vertices >= _BATCH_VERTICES

    def geometry_of(self, element: Element) -> BaseGeometry | None:
        """Return the geometry of the next feature; None with a problem if it cannot be built."""
        seen, name = GeometryRemarks(), _name_of(element)
        params: dict[str, JSON] = {"name": name}
        geometry = None
        try:
            geometry = geometry_of(element, seen)
        except UnreadableCoordinates as fault:
            params |= {"place": fault.place, "text": fault.text}
            self.problems.append(Problem("kml-coordinates", params, feature=self.next_number))
        except UnfitGeometry as fault:
            params |= {"reason": fault.reason}
            self.problems.append(Problem("kml-geometry", params, feature=self.next_number))
        self._remember(seen, name, is_html=has_html(element))
        return geometry

    def tell_misfit(self, kml_field: KMLField, label: str) -> None:
        """Tell of a value of the next feature that is not of the type stated for its field."""
        params: dict[str, JSON] = {
            "type": kml_field.type[:20],
            "value": kml_field.text[:_LONGEST_NAME],
        }
        self.problems.append(
            Problem("kml-value-as-text", params, "note", feature=self.next_number, field=label)
        )

    def _remember(self, seen: GeometryRemarks, name: str, *, is_html: bool) -> None:
        self.vertices += seen.vertices
        self.flattened += seen.high
        self._unread.update(seen.unread)
        for code, count in (
            ("rings-closed", int(seen.closed)),
            ("kml-coordinates-read", int(seen.mended is not None)),
            ("kml-parts-empty", seen.empty),
            ("kml-track-times", int(seen.timed)),
            ("kml-html-read", int(is_html)),
        ):
            if count:
                self._counts[code] += count
                params: dict[str, JSON] = {"name": name, "text": seen.mended or ""}
                self._firsts.setdefault(code, (self.next_number, params))

    def add(
        self, geometry: BaseGeometry | None, fid: str | None, properties: dict[str, JSON]
    ) -> None:
        """Add a feature."""
        self.geometries.append(geometry)
        self.ids.append(fid)
        self.properties.append(properties)

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
        return SourceBatch(
            np.arange(self.first, self.next_number),
            np.array([*self.geometries, None], dtype=object)[:-1],
            self.ids,
            self.properties,
            (*self.problems, *remarks),
            self.flattened,
        )


def unshifted(geometry: BaseGeometry, datum: CRS) -> BaseGeometry:
    """Return a geometry in degrees that are not shifted; as it is where it cannot be in them."""
    lonlat = shapely.get_coordinates(geometry)
    if not (np.abs(lonlat) <= (180.0, 90.0)).all():
        return geometry  # for the validation to tell of
    moved: BaseGeometry = geometry_to_storage(np.array([geometry]), datum)[0]
    return moved


def _name_of(placemark: Element) -> str:
    name = placemark.child("name")
    return (name.text.strip()[:_LONGEST_NAME] if name is not None else "") or "—"


def _renamed(labels: Mapping[FieldKey, str]) -> Iterator[Problem]:
    for (_, label, _), name in labels.items():
        if name != label:
            params: dict[str, JSON] = {"label": label[:_LONGEST_NAME], "name": name}
            yield Problem("field-renamed", params, "note", field=name)
