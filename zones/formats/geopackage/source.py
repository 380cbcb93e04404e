"""A GeoPackage's table -> layer and batches: SQLite gives rows, GDAL the curves and the CRS."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceLimitError
from zones.formats.gdal.layers import declared_by_gdal, layer_info, read_layer
from zones.formats.geopackage.remarks import remarks
from zones.formats.geopackage.schema import schema_fields
from zones.formats.geopackage.soundness import (
    FeatureTable,
    Package,
    connected,
    feature_table,
    limit_queries,
    quoted,
)
from zones.formats.geopackage.values import FIELD_TYPES, odd_values, value_of
from zones.formats.wkb import geometries_from_wkb
from zones.model import Problem
from zones.sandbox.limits import Limits
from zones.source.field_descriptions import field_infos
from zones.source.model import SourceBatch, SourceLayer, chosen_crs

_BATCH_FEATURES = 2000
_HEAD_BYTES = 8
_ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)
_EMPTY_FLAG = 0x10
_SIMPLE_TYPES: Final = frozenset(range(1, 7))  # point to multipolygon
_WKB_HEAD_BYTES = 5
_CURVES: Final = frozenset(range(8, 15))


class GeoPackageSource:
    """One feature table of a package that keeps the rules."""

    def __init__(self, package: Package, *, name: str, crs: str | None, limits: Limits) -> None:
        self._path, self._name = package.path, name
        with connected(package.path) as database:
            self._table = feature_table(database, name)
            self._count = _count(database, self._table)
            known = schema_fields(database, self._table)
            told = tuple(remarks(database, self._table))
        if self._count > limits.max_features:
            raise SourceLimitError("too-many-features", most=limits.max_features)
        info = layer_info(package.path, name)
        system, finding = chosen_crs(crs, in_file=lambda: declared_by_gdal(info["crs"]))
        infos = field_infos(known, [item.name for item in self._table.columns])
        write_ahead = (Problem("gpkg-write-ahead", {}, "warning"),) if package.write_ahead else ()
        self._curves_reported = False
        self.layer = SourceLayer(
            format="gpkg",
            layer=name,
            layers=package.tables,
            encoding=EncodingFinding(UTF_8, "format"),
            crs=system,
            crs_finding=finding,
            field_types={
                item.name: FIELD_TYPES.get(item.type, "text") for item in self._table.columns
            },
            notes=(*write_ahead, *infos.notes, *told),
            fields=infos.fields,
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order of their numbers, with the fraction that is done."""
        done = 0
        with connected(self._path) as database:
            database.text_factory = bytes
            table = self._table
            selected = [table.row_number, table.geometry, *(item.name for item in table.columns)]
            query = (
                f"SELECT {', '.join(map(quoted, selected))} FROM {quoted(table.name)}"  # noqa: S608 - names are quoted
                f" ORDER BY {quoted(table.row_number)}"
            )
            with closing(database.execute(query)) as cursor:
                while rows := cursor.fetchmany(_BATCH_FEATURES):
                    limit_queries(database)
                    numbers = np.arange(done + 1, done + len(rows) + 1)
                    done += len(rows)
                    yield done / max(1, self._count), self._batch(rows, numbers)
                    limit_queries(database)

    def _batch(self, rows: list[tuple[Any, ...]], numbers: NDArray[np.int64]) -> SourceBatch:
        blobs = [row[1] for row in rows]
        raws = [_wkb_of(blob) for blob in blobs]
        kinds = [_kind_of(raw) for raw in raws]
        wkb = np.array([*raws, None], dtype=object)[:-1]
        wkb, problems = self._straightened(wkb, kinds, [row[0] for row in rows], numbers)
        built = geometries_from_wkb(wkb, numbers)
        problems += [
            Problem("geometry-broken", {"reason": "GeoPackage header"}, feature=int(numbers[at]))
            for at, (blob, raw) in enumerate(zip(blobs, wkb, strict=True))
            if blob is not None and raw is None
        ]
        columns = self._table.columns
        values = [
            [value_of(value, item.type) for item, value in zip(columns, row[2:], strict=True)]
            for row in rows
        ]
        properties = [
            {item.name: value for item, value in zip(columns, row, strict=True)} for row in values
        ]
        problems += odd_values(columns, values, numbers)
        return SourceBatch(
            numbers, built.geometries, [None] * len(rows), properties, (*built.problems, *problems)
        )

    def _straightened(
        self,
        wkb: NDArray[np.object_],
        kinds: list[int | None],
        row_numbers: list[Any],
        numbers: NDArray[np.int64],
    ) -> tuple[NDArray[np.object_], list[Problem]]:
        """Return the geometries with those that may hold curves read by GDAL, which makes lines."""
        odd = [at for at, kind in enumerate(kinds) if kind and kind not in _SIMPLE_TYPES]
        if not odd:
            return wkb, []
        fids = np.array([row_numbers[at] for at in odd])
        _, _, read, _ = read_layer(self._path, self._name, columns=[], fids=fids)
        wkb[odd] = read
        curved = [at for at in odd if kinds[at] in _CURVES]
        if not curved or self._curves_reported:
            return wkb, []
        self._curves_reported = True
        return wkb, [Problem("curves-straightened", {}, "note", feature=int(numbers[curved[0]]))]


def _count(database: sqlite3.Connection, table: FeatureTable) -> int:
    # Not what gpkg_ogr_contents says: GDAL believes it, and other programs do not renew it.
    query = f"SELECT count(*) FROM {quoted(table.name)}"  # noqa: S608 - names are quoted
    return int(database.execute(query).fetchone()[0])


def _kind_of(raw: bytes | None) -> int | None:
    """Return the type of WKB without its dimensions, None if it has none."""
    if raw is None or len(raw) < _WKB_HEAD_BYTES:
        return None
    code = int.from_bytes(raw[1:5], "little" if raw[0] == 1 else "big")
    return (code & 0xFFFF) % 1000


def _wkb_of(blob: object) -> bytes | None:
    """Return the WKB in a GeoPackage geometry: what follows its header."""
    if not isinstance(blob, bytes) or len(blob) < _HEAD_BYTES or blob[:2] != b"GP":
        return None
    envelope = blob[3] >> 1 & 0b111
    if envelope >= len(_ENVELOPE_BYTES):
        return None
    if blob[3] & _EMPTY_FLAG and len(blob) <= _HEAD_BYTES + _ENVELOPE_BYTES[envelope]:
        return bytes(shapely.to_wkb(shapely.Point()))
    return blob[_HEAD_BYTES + _ENVELOPE_BYTES[envelope] :]
