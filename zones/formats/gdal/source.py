"""A layer that GDAL reads whole: geometries as WKB, columns as JSON, curves made straight."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.reference_systems import CRS
from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceLimitError
from zones.formats.gdal.layers import declared_by_gdal, layer_info, read_layer
from zones.formats.gdal.values import (
    are_midnights,
    column_as_json,
    kinds_of,
    type_name,
    without_zone,
)
from zones.formats.wkb import geometries_from_wkb
from zones.model import JSON, FieldInfo, Problem
from zones.sandbox.limits import Limits
from zones.source.field_descriptions import field_infos
from zones.source.file_findings import FormatName
from zones.source.model import SourceBatch, SourceLayer, chosen_crs

_BATCH_FEATURES = 2000
_READ_AT_ONCE = 20_000
_LISTED: Final = 200
_CURVED: Final = ("Curve", "Surface", "Circular")
_COUNTED_WHILE_READ: Final = frozenset({"mapinfo"})  # GDAL would read a MIF once more for it
_TYPES_WITHOUT_CURVES: Final = frozenset({"filegdb", "flatgeobuf"})
# Judged while geometries are read: GDAL knows no OGR_GEOMETRY where they are left out.
_IS_CURVED: Final = (
    "OGR_GEOMETRY IN "
    "('CIRCULARSTRING', 'COMPOUNDCURVE', 'CURVEPOLYGON', 'MULTICURVE', 'MULTISURFACE')"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GDALLayer:
    """Which layer of which file to read, and what the format means by its fields.

    Attributes
    ----------
    path
        A file or folder of our own naming.
    layer, layers
        The layer's name, of all that the person may choose from.
    id_field
        Holds what the format itself calls the feature.
    left_out
        Fields that tell of drawing and not of things.
    crs_in_format
        Set where the format knows but one reference system.
    fields
        Titles and codes that the file gives.
    encoding
        In which texts come that GDAL hands over as they are.
    """

    format: FormatName
    path: Path
    layer: str
    layers: tuple[str, ...]
    id_field: str | None = None
    left_out: frozenset[str] = frozenset()
    crs_in_format: CRS | None = None
    notes: tuple[Problem, ...] = ()
    fields: tuple[FieldInfo, ...] = ()
    encoding: str | None = None


class GDALSource:
    """One layer of a file that is read by GDAL's driver for its suffix."""

    def __init__(self, layer: GDALLayer, *, crs: str | None, limits: Limits) -> None:
        self._layer, self._limits = layer, limits
        self._info = layer_info(
            layer.path, layer.layer, counted=layer.format not in _COUNTED_WHILE_READ
        )
        self._fields = [
            (name, kind)
            for name, kind in zip(self._info["fields"], kinds_of(self._info), strict=True)
            if name not in layer.left_out
        ]
        if layer.format == "flatgeobuf":
            self._fields = _with_dates(layer, self._fields)
        system, finding = chosen_crs(
            crs, in_format=layer.crs_in_format, in_file=lambda: declared_by_gdal(self._info["crs"])
        )
        infos = field_infos(layer.fields, [name for name, _ in self._fields])
        self.layer = SourceLayer(
            format=layer.format,
            layer=layer.layer,
            layers=layer.layers,
            encoding=EncodingFinding(UTF_8, "format"),
            crs=system,
            crs_finding=finding,
            field_types={
                name: type_name(kind) for name, kind in self._fields if name != layer.id_field
            },
            notes=(
                *layer.notes,
                *_curve_note(layer, self._info["geometry_type"]),
                *_bytes_note([name for name, kind in self._fields if kind == "OFTBinary"]),
                *infos.notes,
            ),
            fields=infos.fields,
        )

    @property
    def declared_crs(self) -> str | None:
        """What GDAL reads of the layer's reference system."""
        declared: str | None = self._info["crs"]
        return declared

    @property
    def field_kinds(self) -> dict[str, str]:
        """The fields with GDAL's names of their types, as ``kinds_of`` has them."""
        return dict(self._fields)

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        count, most = int(self._info["features"]), self._limits.max_features
        self._check_count(count)
        is_piecewise = count >= 0 and self._info["capabilities"]["fast_set_next_by_index"]
        # Beyond the last feature GDAL would raise what it had to say of one before.
        at_once = _READ_AT_ONCE if is_piecewise else count if count >= 0 else most + 1
        for start in range(0, count if is_piecewise else 1, max(1, at_once)):
            wkb, columns = self._read(start, at_once)
            if not is_piecewise:
                count = len(wkb)
                self._check_count(count)
            for first in range(0, len(wkb), _BATCH_FEATURES):
                rows = slice(first, first + _BATCH_FEATURES)
                yield (
                    min(1.0, (start + first + _BATCH_FEATURES) / count),
                    self._batch(start + first, wkb[rows], [column[rows] for column in columns]),
                )

    def _check_count(self, count: int) -> None:
        if count > self._limits.max_features:
            raise SourceLimitError("too-many-features", most=self._limits.max_features)

    def _batch(
        self, done: int, wkb: NDArray[np.object_], columns: Sequence[Sequence[JSON]]
    ) -> SourceBatch:
        numbers = np.arange(done + 1, done + len(wkb) + 1)
        built = geometries_from_wkb(wkb, numbers)
        names = [name for name, _ in self._fields]
        rows: list[dict[str, JSON]] = [
            dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)
        ] or [{} for _ in numbers]
        ids = [row.pop(self._layer.id_field, None) for row in rows] if self._layer.id_field else []
        return SourceBatch(
            numbers,
            built.geometries,
            [one if isinstance(one, str | int | float) else None for one in ids]
            or [None] * len(wkb),
            rows,
            built.problems,
            self._without_measures(built.geometries),
        )

    def _without_measures(self, geometries: NDArray[np.object_]) -> int:
        """Return how many have lost measures; those with heights are counted for these."""
        if not self._info["measured"]:
            return 0
        return int((~shapely.is_missing(geometries) & ~shapely.has_z(geometries)).sum())

    def _read(self, start: int, most: int) -> tuple[NDArray[np.object_], list[list[JSON]]]:
        names = [name for name, _ in self._fields]
        meta, _, wkb, data = read_layer(
            self._layer.path,
            self._layer.layer,
            columns=names,
            skip_features=start,
            max_features=most,
            encoding=self._layer.encoding,
        )
        # GDAL gives the columns in its own order.
        by_name = dict(zip(meta["fields"], data, strict=True))
        columns = [column_as_json(by_name[name], kind) for name, kind in self._fields]
        if self._layer.format == "filegdb":
            columns = [
                without_zone(values) if kind == "OFTDateTime" else values
                for values, (_, kind) in zip(columns, self._fields, strict=True)
            ]
        for index, (name, kind) in enumerate(self._fields):
            if kind == "OFTInteger64" and _lost_digits(by_name[name]):
                self._read_whole_numbers(name, by_name[name], columns[index], start)
        if wkb is None:
            wkb = np.full(len(columns[0]) if columns else 0, None, dtype=object)
        return np.asarray(wkb), columns

    def _read_whole_numbers(
        self, name: str, column: NDArray[Any], values: list[JSON], start: int
    ) -> None:
        """Put exact numbers in the place of those that became floats beside a missing one.

        The runs between the missing ones are read by themselves.
        """
        present = np.flatnonzero(~np.isnan(column))
        for run in np.split(present, np.flatnonzero(np.diff(present) > 1) + 1):
            first = start + int(run[0])
            _, _, _, (exact,) = read_layer(
                self._layer.path,
                self._layer.layer,
                columns=[name],
                skip_features=first,
                max_features=len(run),
                read_geometry=False,
            )
            values[int(run[0]) : int(run[-1]) + 1] = column_as_json(exact, "OFTInteger64")


def _with_dates(layer: GDALLayer, fields: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields with those of instants that are all midnights made fields of dates.

    FlatGeobuf has no type for dates: GDAL writes them as midnights without a time zone.
    """
    instants = [name for name, kind in fields if kind == "OFTDateTime"]
    if not instants:
        return list(fields)
    meta, _, _, data = read_layer(layer.path, layer.layer, columns=instants, read_geometry=False)
    dates = {
        name for name, column in zip(meta["fields"], data, strict=True) if are_midnights(column)
    }
    return [(name, "OFTDate" if name in dates else kind) for name, kind in fields]


def _bytes_note(names: Sequence[str]) -> Iterator[Problem]:
    if names:
        yield Problem("bytes-as-text", {"columns": ", ".join(names)[:_LISTED]}, "note")


def _curve_note(layer: GDALLayer, geometry_type: str | None) -> tuple[Problem, ...]:
    """Return a note if the layer may hold curves by its type, or holds one where no type tells.

    Layers of a geodatabase are of polygons or lines whatever their sides are.
    """
    curved = any(word in (geometry_type or "") for word in _CURVED)
    if not curved and layer.format in _TYPES_WITHOUT_CURVES:
        _, fids, _, _ = read_layer(
            layer.path,
            layer.layer,
            columns=[],
            where=_IS_CURVED,
            max_features=1,
            return_fids=True,
        )
        curved = len(fids) > 0
    return (Problem("curves-straightened", {}, "note"),) if curved else ()


def _lost_digits(column: NDArray[Any]) -> bool:
    """Return whether whole numbers have become floats that cannot hold them."""
    if column.dtype.kind != "f":
        return False
    return bool((np.abs(column[~np.isnan(column)]) >= 2.0**53).any())
