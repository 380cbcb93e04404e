"""The whole reading of one file, as it runs in the confined process.

Features leave in EPSG:4490 (``zones.ingest.wire_frames``), findings and problems as one answer.
The parent takes neither on trust.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import shapely

from zones.crs.reference_systems import CRS
from zones.crs.source_crs import SourceCRS
from zones.errors import SourceLimitError
from zones.formats.dxf.closed_lines import closed_lines_as_areas, nearly_closed_lines
from zones.formats.kml.mixed_kinds import fitted
from zones.formats.open_file import open_source
from zones.georeference.crs_doubts import SystemDoubts, decided_crs, outline_of
from zones.georeference.datum_doubts import DatumDoubts
from zones.georeference.datum_fit import datum_problem
from zones.georeference.ddd_mmssss import packed_question
from zones.georeference.map_scales import map_scale_question
from zones.ingest.sample_rows import sample_rows
from zones.ingest.wire_frames import Frame, written
from zones.model import BBox, Problem
from zones.quality.attribute_check import AttributeCheck
from zones.quality.empty_parts import WithoutEmptyParts
from zones.quality.geometry_validation import Checked, GeometryRules, check_geometries
from zones.quality.identifiers import ID_COLUMN, IdentifierCheck, with_own_ids
from zones.quality.overlaps_gaps_slivers import Relations
from zones.quality.reading_totals import Problems, Totals
from zones.questions_to_people import DecisionNeeded, OpenQuestion, with_remarks
from zones.sandbox.child_task import ReadTask
from zones.sandbox.limits import MEBIBYTE
from zones.source.file_findings import (
    DatumName,
    FieldFinding,
    Findings,
    GeometryFinding,
    SampleRow,
    undecided_findings,
)
from zones.source.model import Source, SourceBatch, SourceLayer, declared_datum
from zones.source.reading_choices import SourceChoice

_TYPE_NAMES = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)


def read_file(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Read the task's file as ``zones.ingest.read_source`` asks for it; the job that a child runs.

    Raises
    ------
    SourceError
        If the file as a whole cannot be read.
    """
    with task.files:
        try:
            packed = request["packed"]
            opened = open_source(task, request["format"], _choice(request), packed=packed)
        except DecisionNeeded as needed:
            return _with_question(undecided_findings(request["format"]), needed.question)
        source = WithoutEmptyParts(opened)
        taken = _taken(source, request, task)
        del opened, source  # a format that is read whole: the rest needs its memory
        return taken if isinstance(taken, dict) else taken.answer()


def _choice(request: dict[str, Any]) -> SourceChoice:
    return SourceChoice(**request["choice"], kinds=frozenset(request["kinds"]))


def _taken(source: Source, request: dict[str, Any], task: ReadTask) -> "_Reading | dict[str, Any]":
    """Return the reading of all features, or the question that must be answered first."""
    layer, outline = source.layer, outline_of(request)
    crs, question = request["choice"]["crs"], None
    if layer.map_scale is not None:
        question = map_scale_question(source, layer.map_scale, outline, crs=crs)
    if question is None and layer.crs is None:
        layer, question = decided_crs(source, datum=request["choice"]["datum"], outline=outline)
    elif question is None and layer.may_be_packed:
        question = packed_question(source, outline, crs=crs)
    if question is not None:
        first = next((batch.properties for _, batch in source.batches()), [])
        question = with_remarks(question, layer.notes)
        return _with_question(_known_of(layer, sample_rows(first)), question)
    reading = _Reading(layer, request, task)
    for share, batch in source.batches():
        reading.take(batch)
        task.progress(share)
    return reading


def _with_question(findings: Findings, question: OpenQuestion) -> dict[str, Any]:
    return {
        "findings": asdict(findings),
        "problems": [],
        "errors": 0,
        "remarks": 0,
        "question": asdict(question),
    }


def _known_of(layer: SourceLayer, rows: tuple[SampleRow, ...]) -> Findings:
    """Return what is known of a layer that was not read."""
    return replace(
        undecided_findings(layer.format, layer.layers),
        layer=layer.layer,
        encoding=layer.encoding,
        crs=layer.crs_finding,
        rows=rows,
    )


class _Reading:
    """Takes a source's batches one by one and writes out what may be stored."""

    def __init__(self, layer: SourceLayer, request: dict[str, Any], task: ReadTask) -> None:
        self._layer, self._task = layer, task
        self._crs = layer.crs or CRS.CRS84
        self._rules = GeometryRules(
            crs=self._crs,
            datum=declared_datum(request["choice"]["datum"], self._crs),
            kinds=frozenset(request["kinds"]),
            repair=request["repair"],
            max_vertices_per_feature=task.limits.max_vertices_per_feature,
            extent=BBox(*request["extent"]) if request["extent"] else None,
        )
        types = layer.field_types
        self._attributes = AttributeCheck(
            {name: types[name] for name in types if name != ID_COLUMN}, layer.fields
        )
        key = None if request["key"] == ID_COLUMN else request["key"]
        self._identifiers = IdentifierCheck(key, needed=request["ids_needed"])
        self._problems = Problems()
        self._problems.add(layer.notes)
        if isinstance(self._crs, SourceCRS):
            self._problems.add(self._crs.notes)
        self._totals = Totals()
        self._relations = Relations(task.limits.mem_mb * MEBIBYTE)
        self._rows: tuple[SampleRow, ...] = ()
        outline, found = outline_of(request), layer.crs_finding
        self._doubts = SystemDoubts(layer, outline)
        by_person = found.basis == "option" or request["choice"]["datum"] is not None
        self._datum = DatumDoubts(self._taken_datum(), found, outline, by_person=by_person)

    def take(self, batch: SourceBatch) -> None:
        """Check a batch and write its features, unless something has been wrong already."""
        batch = with_own_ids(batch)
        if self._layer.format in ("dxf", "dwg"):
            as_areas = self._rules.kinds == {"polygon"}
            look = closed_lines_as_areas if as_areas else nearly_closed_lines
            batch = look(batch, self._crs)
        if self._layer.format in ("kml", "kmz"):
            batch = fitted(batch, self._rules.kinds)
        self._rows = self._rows or sample_rows(batch.properties)
        self._count(batch)
        self._problems.add(batch.problems)
        checked = check_geometries(
            batch.geometries,
            batch.numbers,
            rules=self._rules,
            about_to_check=self._task.checking,
        )
        self._problems.add(checked.problems)
        self._measure(batch, checked)
        self._datum.take(checked.geometries, batch.properties)
        self._relations.take(checked.geometries, batch.numbers)
        self._doubts.take(batch.geometries, checked)
        properties = self._attributes.check(batch.properties, batch.numbers)
        fids = self._identifiers.check(batch.ids, batch.properties, batch.numbers)
        for found in (self._attributes.problems, self._identifiers.problems):
            self._problems.add(found)
            found.clear()
        if not self._problems.errors:
            wkb = shapely.to_wkb(checked.geometries, output_dimension=2).tolist()
            features = Frame(batch.numbers.tolist(), fids, properties, wkb)
            self._task.rows.writelines(written(features))

    def answer(self) -> dict[str, Any]:
        """Return findings and problems as JSON has them, or a question that comes before them."""
        if (question := self._doubts.question()) is not None:
            return _with_question(_known_of(self._layer, self._rows), question)
        fields = self._attributes.fields()
        self._identifiers.finish([item.label for item in fields], features=self._totals.features)
        self._problems.add(self._attributes.problems)
        if not self._problems.errors and (question := self._datum.question()) is not None:
            return _with_question(replace(self._findings(fields), fields=()), question)
        self._problems.add(tuple(self._remarks()))
        self._problems.add(tuple(self._relations.problems()))
        if (doubt := datum_problem(self._datum.finding)) is not None:
            self._problems.add((doubt,))
        return {
            "findings": asdict(self._findings(fields)),
            "problems": [asdict(problem) for problem in self._problems.shown],
            "errors": self._problems.errors,
            "remarks": self._problems.remarks,
        }

    def _taken_datum(self) -> DatumName:
        """Return the datum that the degrees were taken for, by the option or by the system."""
        crs = self._crs
        system = self._rules.datum or (crs.known if isinstance(crs, SourceCRS) else crs)
        return "gcj02" if system is CRS.GCJ02 else "bd09" if system is CRS.BD09 else "none"

    def _count(self, batch: SourceBatch) -> None:
        totals, limits = self._totals, self._task.limits
        totals.features += len(batch.numbers)
        if totals.features > limits.max_features:
            raise SourceLimitError("too-many-features", most=limits.max_features)
        totals.vertices += int(shapely.get_num_coordinates(batch.geometries).sum())
        if totals.vertices > limits.max_vertices:
            raise SourceLimitError(
                "too-many-vertices-total", count=totals.vertices, most=limits.max_vertices
            )
        high = shapely.has_z(batch.geometries) | shapely.has_m(batch.geometries)
        totals.flattened += batch.flattened + int(high.sum())

    def _measure(self, batch: SourceBatch, checked: Checked) -> None:
        totals, geometries = self._totals, checked.geometries
        totals.repaired += checked.repaired
        missing = shapely.is_missing(geometries)
        refused = {problem.feature for problem in batch.problems if problem.severity == "error"}
        absent = batch.numbers[shapely.is_missing(batch.geometries)].tolist()
        totals.without += len(set(absent) - refused)
        for kind, number in Counter(shapely.get_type_id(geometries[~missing]).tolist()).items():
            name = _TYPE_NAMES[kind]
            totals.types[name] = totals.types.get(name, 0) + number
        if not missing.all():
            totals.located = _union(totals.located, shapely.total_bounds(geometries).tolist())
        if checked.far.any():
            first = int(np.flatnonzero(checked.far)[0])
            lon, lat = shapely.get_coordinates(geometries[first])[0].tolist()
            totals.far += int(checked.far.sum())
            totals.first_far = totals.first_far or (int(batch.numbers[first]), lon, lat)

    def _remarks(self) -> Iterator[Problem]:
        totals = self._totals
        if totals.flattened:
            yield Problem("heights-dropped", {"count": totals.flattened}, "note")
        if totals.without:
            yield Problem("geometry-missing", {"count": totals.without}, "note")
        if self._attributes.nul_removed:
            yield Problem("nul-removed", {"count": self._attributes.nul_removed}, "note")
        yield from self._attributes.lost_values()
        if totals.first_far is not None:
            number, lon, lat = totals.first_far
            yield Problem(
                "far-away", {"count": totals.far}, "warning", feature=number, lon=lon, lat=lat
            )

    def _findings(self, fields: tuple[FieldFinding, ...]) -> Findings:
        layer, totals = self._layer, self._totals
        return Findings(
            format=layer.format,
            layer=layer.layer,
            layers=layer.layers,
            features=totals.features,
            encoding=layer.encoding,
            crs=layer.crs_finding,
            fields=fields,
            geometry=GeometryFinding(
                types=totals.types,
                vertices=totals.vertices,
                without=totals.without,
                flattened=totals.flattened,
                repaired=totals.repaired,
                located=totals.located,
            ),
            datum=self._datum.finding,
            rows=self._rows,
        )


def _union(
    one: tuple[float, float, float, float] | None, other: Sequence[float]
) -> tuple[float, float, float, float]:
    west, south, east, north = other
    if one is None:
        return west, south, east, north
    return min(one[0], west), min(one[1], south), max(one[2], east), max(one[3], north)
