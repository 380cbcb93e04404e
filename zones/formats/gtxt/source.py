"""国土 TXT (勘测定界, 报备坐标, 电子报盘) -> layer and batches."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import BinaryIO, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.area_and_length import geodesic_areas_m2
from zones.crs.transform import geometry_to_storage
from zones.formats.csv.text_file import TextFile
from zones.formats.gtxt.attributes import AREA, Stated, names_of, stated_by, titled
from zones.formats.gtxt.axis_order import Axes
from zones.formats.gtxt.header_and_parcels import Document, GTXTParcel, GTXTSurvey
from zones.formats.gtxt.reference_system import remarks, system_of
from zones.formats.gtxt.rings import lines_of, rings_of
from zones.formats.gtxt.stated_areas import area_problem
from zones.formats.nested_rings import polygon_of
from zones.model import JSON, Problem
from zones.sandbox.limits import Limits
from zones.source.model import SourceBatch, SourceLayer, chosen_crs

_BATCH_FEATURES, _BATCH_VERTICES = 2000, 200_000
_MOST_STRAYS: Final = 20
_TELLING_PARCELS: Final = 20
_IN_HECTARES: Final = frozenset({"gtxt-area-without-holes", "gtxt-area-parts-as-holes"})
_AREAL: Final = 2
_SHOWN: Final = 200


class GTXTSource:
    """The parcels of a text, each a feature."""

    def __init__(
        self,
        file: BinaryIO,
        *,
        crs: str | None,
        encoding: str | None,
        limits: Limits,
        name: str | None = None,
    ) -> None:
        """Look through the text; ``name`` is the layer's, where there are several files."""
        text = TextFile(file, encoding=encoding)
        self._document = Document(text, limits)
        survey = self._document.survey
        self._axes = survey.axes
        self._names = names_of(survey.widths)
        system, finding = chosen_crs(crs, in_file=lambda: system_of(survey.header, self._axes))
        self.layer = SourceLayer(
            format="gtxt",
            layer=name,
            layers=(name,) if name else (),
            encoding=text.encoding,
            crs=system,
            crs_finding=finding,
            field_types={each: "number" if each == AREA else "text" for each in self._names},
            notes=(
                *text.remarks(),
                *_about_header(survey.header),
                *remarks(survey.header, self._axes),
                *_about_order(self._axes),
                *_about_longer(survey),
                *(_about_stray(*stray) for stray in survey.strays[:_MOST_STRAYS]),
            ),
            fields={AREA: titled(self._units_of_parcels())},
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the parcels in order, each time with the fraction of the file that is done."""
        batch = _Batch(1, self._axes, self._names)
        for parcel in self._document.parcels():
            batch.take(parcel)
            if batch.is_full:
                yield self._document.progress(), self._finished(batch)
                batch = _Batch(batch.next_number, self._axes, self._names)
        if batch.shapes:
            yield 1.0, self._finished(batch)

    def _units_of_parcels(self) -> list[str]:
        """Return what the plane areas of the first parcels tell of the unit that is stated."""
        batch = _Batch(1, self._axes, self._names)
        for parcel in islice(self._document.parcels(), _TELLING_PARCELS):
            batch.take(parcel)
        return [] if self._axes.in_degrees else batch.units()

    def _finished(self, batch: "_Batch") -> SourceBatch:
        shapes = np.array([*batch.shapes, None], dtype=object)[:-1]
        system = self.layer.crs
        if system is not None:
            with np.errstate(invalid="ignore"):  # numbers that the system has no place for
                batch.compare(geodesic_areas_m2(geometry_to_storage(shapes, system)).tolist())
        return SourceBatch(
            np.arange(batch.first, batch.next_number),
            shapes,
            [None] * len(shapes),
            batch.properties,
            tuple(batch.problems),
        )


@dataclass(slots=True)
class _Batch:
    """Parcels as they are gathered, and what has to be told of them."""

    first: int
    axes: Axes
    names: tuple[str, ...]
    shapes: list[BaseGeometry | None] = field(default_factory=list)
    properties: list[dict[str, JSON]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    stated: list[tuple[int, Stated]] = field(default_factory=list)
    vertices: int = 0

    @property
    def next_number(self) -> int:
        """The number of the parcel that is taken next."""
        return self.first + len(self.shapes)

    @property
    def is_full(self) -> bool:
        return len(self.shapes) >= _BATCH_FEATURES or self.vertices >= _BATCH_VERTICES

    def take(self, parcel: GTXTParcel) -> None:
        """Add a parcel."""
        stated, number = stated_by(parcel.cells), self.next_number
        shape, problems = _shape_of(parcel, stated, self.axes)
        parcel_remarks = [*self._line_remarks(parcel), *_about_head(parcel, stated, shape)]
        if shape is None and not any(each.severity == "error" for each in parcel_remarks):
            params: dict[str, JSON] = {"line": parcel.line, "points": len(parcel.points)}
            problems.append(Problem("gtxt-no-shape", params))
        self.problems += [replace(each, feature=number) for each in (*parcel_remarks, *problems)]
        self.shapes.append(shape)
        self.properties.append({**dict.fromkeys(self.names), **stated.properties})
        self.stated.append((parcel.line, stated))
        self.vertices += len(parcel.points)

    def compare(self, grounds_m2: list[float]) -> None:
        """Tell where stated areas are not those of the shapes on the ground."""
        for at, ((line, stated), ground) in enumerate(zip(self.stated, grounds_m2, strict=True)):
            shape = self.shapes[at]
            plane = None if self.axes.in_degrees else float(shapely.area(shape))
            problem = area_problem(stated, shape, ground_m2=ground, plane_m2=plane)
            if problem is not None:
                params = {"line": line, **problem.params}
                self.problems.append(
                    replace(problem, params=params, feature=self.first + at, field=AREA)
                )

    def units(self) -> list[str]:
        """Return the code of what each stated area tells, by the plane; none is hectares."""
        codes = []
        for (_, stated), shape in zip(self.stated, self.shapes, strict=True):
            if stated.hectares and shape is not None:
                plane = float(shapely.area(shape))
                problem = area_problem(stated, shape, ground_m2=plane, plane_m2=plane)
                codes.append(
                    "" if problem is None or problem.code in _IN_HECTARES else problem.code
                )
        return codes

    def _line_remarks(self, parcel: GTXTParcel) -> Iterator[Problem]:
        for line, text in parcel.unread:
            yield Problem("gtxt-line-unread", {"line": line, "text": text})
        for point in parcel.points:
            if not self.axes.fits(point.first, point.second):
                params: dict[str, JSON] = {
                    "line": point.line,
                    "name": point.name[:_SHOWN],
                    "first": f"{point.first:.12g}",
                    "second": f"{point.second:.12g}",
                }
                yield Problem("gtxt-point-odd", params)


def _shape_of(
    parcel: GTXTParcel, stated: Stated, axes: Axes
) -> tuple[BaseGeometry | None, list[Problem]]:
    """Return the shape of a parcel and what to tell of its rings."""
    if stated.kind == "点":
        vertices = [shapely.Point(axes.xy(each.first, each.second)) for each in parcel.points]
        return _together(vertices, shapely.MultiPoint), []
    if stated.kind == "线":
        lines = [
            shapely.LineString(each) for each in lines_of(parcel.points, axes) if len(each) > 1
        ]
        return _together(lines, shapely.MultiLineString), []
    rings = rings_of(parcel.points, axes)
    return polygon_of(rings.closed), rings.problems


def _together(
    parts: Sequence[BaseGeometry], several: Callable[[Sequence[BaseGeometry]], BaseGeometry]
) -> BaseGeometry | None:
    return several(parts) if len(parts) > 1 else next(iter(parts), None)


def _about_longer(survey: GTXTSurvey) -> Iterator[Problem]:
    """Yield what stands behind the numbers of vertices and is not read."""
    if (first := survey.first_longer) is not None:
        params: dict[str, JSON] = {"count": survey.longer, "line": first.line}
        yield Problem("gtxt-points-longer", {**params, "text": first.more[:_SHOWN]}, "warning")


def _about_head(
    parcel: GTXTParcel, stated: Stated, shape: BaseGeometry | None
) -> Iterator[Problem]:
    """Yield what to tell of a parcel's first line."""
    count, points = stated.count, parcel.points
    if stated.odd and parcel.cells is not None:
        cells = ",".join(parcel.cells)[:_SHOWN]
        yield Problem("gtxt-head-odd", {"line": parcel.line, "cells": cells}, "note")
    if stated.unit:
        params: dict[str, JSON] = {"line": parcel.line, "unit": stated.unit}
        yield Problem("gtxt-area-unit", params, "note", field=AREA)
    if count is not None and count not in _possible_counts(parcel, shape):
        params = {"line": parcel.line, "stated": count, "points": len(points)}
        yield Problem("gtxt-count-differs", params, "warning")


def _possible_counts(parcel: GTXTParcel, shape: BaseGeometry | None) -> set[int]:
    """Return the numbers of vertices that programs state: with and without those that close."""
    lines, vertices = len(parcel.points), int(shapely.get_num_coordinates(shape))
    if shapely.get_dimensions(shape) != _AREAL:
        return {lines}
    rings = len(shapely.get_rings(shapely.get_parts(shape)))
    return {lines, vertices, vertices - rings, vertices - rings + 1}


def _about_order(axes: Axes) -> Iterator[Problem]:
    if axes.order in ("east-north", "lon-lat"):
        yield Problem("gtxt-east-first", {"count": axes.agreeing}, "warning")
    elif axes.order == "unknown":
        yield Problem("gtxt-order-unknown", {"count": axes.agreeing}, "warning")


def _about_header(header: dict[str, str]) -> Iterator[Problem]:
    """Yield the header's entries, which are no attributes of the parcels."""
    entries = "；".join(f"{key}={value}" for key, value in header.items() if value)
    if entries:
        yield Problem("gtxt-header", {"entries": entries[:380]}, "note")


def _about_stray(line: int, text: str) -> Problem:
    return Problem("gtxt-line-outside", {"line": line, "text": text}, "warning")
