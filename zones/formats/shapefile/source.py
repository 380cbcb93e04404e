"""A shapefile on disk -> layer and batches: GDAL reads shapes, we read the table."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zones.crs.source_crs import source_crs_from_wkt
from zones.encoding.decide_encoding import EncodingFinding, decide_encoding, unknown_label
from zones.encoding.encoding_names import GB18030, known_codec
from zones.encoding.trial_decoding import decode_text
from zones.errors import SourceError, SourceLimitError
from zones.formats.shapefile.dbf import DBFTable, open_table, table_texts
from zones.formats.shapefile.dbf_remarks import cell_remarks, field_remarks, padded_remarks
from zones.formats.shapefile.dbf_values import (
    columns_as_rows,
    read_columns,
    readable_fields,
    type_name,
)
from zones.formats.shapefile.shapes import NULL_SHAPE, SHPRecords, open_shapes
from zones.formats.wkb import geometries_from_wkb
from zones.model import Problem
from zones.sandbox.limits import Limits
from zones.source.model import SourceBatch, SourceLayer, chosen_crs

_FOR_GDAL = (".shp", ".shx")

_BATCH_FEATURES, _BATCH_VERTICES = 2000, 200_000
_LABELS = (".cpg", ".cst")
_LONGEST_LABEL, _LONGEST_PRJ = 64, 65536


class ShapefileSource:
    """The parts of a shapefile that lie in ``folder`` where ``part_path`` says."""

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        layers: tuple[str, ...],
        crs: str | None,
        encoding: str | None,
        limits: Limits,
    ) -> None:
        self._shp = part_path(folder, ".shp")
        self._table = open_table(part_path(folder, ".dbf"))
        self._shapes = open_shapes(self._shp, rows=self._table.rows)
        self._limits = limits
        self._measured = self._shapes.measured()
        _check_counts(self._shapes, self._table, limits)
        self._live = self._live_rows()
        self._label = _label(folder)
        # A label that means nothing to us is told of; the table's own is heard in its place.
        known = self._label if known_codec(self._label) else None
        text = decide_encoding(
            table_texts(self._table),
            declared=known or self._table.code_page or self._label,
            override=encoding,
        )
        self._codec = text.codec
        self._names = _field_names(self._table, self._codec)
        wkt = _wkt(part_path(folder, ".prj"))
        system, finding = chosen_crs(crs, in_file=lambda: source_crs_from_wkt(wkt) if wkt else None)
        self.layer = SourceLayer(
            format="shapefile",
            layer=name,
            layers=layers,
            encoding=text,
            crs=system,
            crs_finding=finding,
            field_types=self._field_types(),
            notes=tuple(self._notes(text)),
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        total = max(1, len(self._shapes))
        for rows in _grouped(self._live, self._shapes.points):
            yield float(rows[-1] + 1) / total, self._batch(rows)

    def _batch(self, rows: NDArray[np.int64]) -> SourceBatch:
        columns = read_columns(self._table, rows, codec=self._codec)
        values = [column.values for column in columns]
        properties = columns_as_rows(self._names, values) if columns else [{} for _ in rows]
        geometries, problems = self._geometries(rows)
        remarks = (
            *problems,
            *cell_remarks(self._table, self._names, columns, rows),
            *padded_remarks(self._names, columns, self._codec),
        )
        measured = int(self._measured[rows].sum())
        return SourceBatch(rows + 1, geometries, [None] * len(rows), properties, remarks, measured)

    def _geometries(
        self, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.object_], tuple[Problem, ...]]:
        geometries = np.full(len(rows), None, dtype=object)
        sound, points = self._shapes.sound[rows], self._shapes.points[rows]
        present = sound & (self._shapes.types[rows] != NULL_SHAPE)
        over = points > self._limits.max_vertices_per_feature
        problems = [Problem("shape-damaged", feature=int(row) + 1) for row in rows[~sound]]
        problems += [
            Problem("geometry-empty", feature=int(row) + 1) for row in rows[present & (points == 0)]
        ]
        problems += [self._too_many_vertices(int(row)) for row in rows[over]]
        readable = present & (points > 0) & ~over
        if readable.any():
            geometries[readable], broken = _read_shapes(self._shp, rows[readable])
            problems += broken
        return geometries, tuple(problems)

    def _too_many_vertices(self, row: int) -> Problem:
        most, count = self._limits.max_vertices_per_feature, int(self._shapes.points[row])
        return Problem("too-many-vertices", {"count": count, "most": most}, feature=row + 1)

    def _live_rows(self) -> NDArray[np.int64]:
        """Return the indices of rows that are not marked as deleted."""
        table = self._table
        if not table.rows:
            return np.empty(0, np.int64)
        mapped = np.memmap(
            table.path, np.uint8, "r", table.header_bytes, (table.rows, table.row_bytes)
        )
        return np.flatnonzero(mapped[:, 0] != ord("*"))

    def _field_types(self) -> dict[str, str]:
        kinds = (type_name(field) for field in readable_fields(self._table))
        return dict(zip(self._names, kinds, strict=True))

    def _notes(self, text: EncodingFinding) -> Iterator[Problem]:
        if self._shapes.index_restored:
            yield Problem("shx-restored", severity="warning")
        if self._label and self._label != text.declared and text.basis in ("bytes", "declared"):
            yield unknown_label(self._label, text.name)
        if deleted := self._table.rows - len(self._live):
            yield Problem("dbf-deleted", {"count": deleted}, "note")
        yield from text.remarks()
        yield from field_remarks(self._table, self._names, codec=self._codec)


def part_path(folder: Path, suffix: str) -> Path:
    """Return where a part belongs. GDAL finds shapes and index, and nothing else beside them."""
    return folder / f"{'shapes' if suffix in _FOR_GDAL else 'table'}{suffix}"


def _check_counts(shapes: SHPRecords, table: DBFTable, limits: Limits) -> None:
    if len(shapes) != table.rows:
        raise SourceError("shp-dbf-differ", shapes=len(shapes), rows=table.rows)
    if len(shapes) > limits.max_features:
        raise SourceLimitError("too-many-features", most=limits.max_features)
    if (total := int(shapes.points.sum())) > limits.max_vertices:
        raise SourceLimitError("too-many-vertices-total", count=total, most=limits.max_vertices)


def _label(folder: Path) -> str | None:
    """Return what the .cpg calls the encoding, or the .cst that GeoTools and GeoServer write."""
    for suffix in _LABELS:
        path = part_path(folder, suffix)
        if path.exists():
            with path.open("rb") as file:
                label = file.read(_LONGEST_LABEL).decode("ascii", "replace")
            if label := label.strip("\ufeff \r\n\t\0"):
                return label
    return None


def _field_names(table: DBFTable, codec: str) -> list[str]:
    """Return the names of readable fields; unnamed ones and repeated ones get a number."""
    names: list[str] = []
    for number, column in enumerate(readable_fields(table), start=1):
        name = decode_text(column.name, codec) or f"field_{number}"
        while name in names:
            name = f"{name}_{number}"
        names.append(name)
    return names


def _wkt(prj: Path) -> str | None:
    """Return the text of the .prj, None if there is none or it is blank."""
    if not prj.exists():
        return None
    with prj.open("rb") as file:
        raw = file.read(_LONGEST_PRJ)
    for encoding in ("utf-8-sig", GB18030):
        try:
            return raw.decode(encoding).strip(" \r\n\t\0") or None
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _grouped(rows: NDArray[np.int64], points: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield runs of rows that are small enough to be held at once."""
    start, vertices = 0, 0
    counts = points[rows].tolist()
    for index, count in enumerate(counts):
        vertices += count
        if index + 1 - start >= _BATCH_FEATURES or vertices >= _BATCH_VERTICES:
            yield rows[start : index + 1]
            start, vertices = index + 1, 0
    if start < len(rows):
        yield rows[start:]


def _read_shapes(shp: Path, rows: NDArray[np.int64]) -> tuple[NDArray[np.object_], list[Problem]]:
    """Return the geometries of these records, None for those that the problems tell of."""
    wkb = _wkb(shp, rows)
    built = geometries_from_wkb(wkb, rows + 1)
    damaged = [
        Problem("shape-damaged", feature=int(row) + 1)
        for row, raw in zip(rows, wkb, strict=True)
        if raw is None
    ]
    return built.geometries, [*damaged, *built.problems]


def _wkb(shp: Path, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    # The parent names this module's driver and must not load GDAL with it.
    from pyogrio import raw
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what GDAL doubts is looked at by ourselves
            _, _, wkb, _ = raw.read(shp, columns=[], fids=rows)
    except (DataSourceError, DataLayerError, FeatureError, FieldError, RuntimeError) as error:
        raise SourceError("shp-damaged") from error
    return np.asarray(wkb)
