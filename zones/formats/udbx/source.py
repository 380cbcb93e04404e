"""A dataset of a UDBX -> layer and batches; captions of fields become their titles."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import numpy as np

from zones.crs.source_crs import SourceCRS, source_crs_from_epsg, source_crs_from_wkt
from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError, SourceLimitError
from zones.formats.geopackage.soundness import limit_queries, quoted
from zones.formats.merged_layers import merged
from zones.formats.udbx.datasets import Dataset, ListedDatasets, database, listed_datasets
from zones.formats.udbx.geometry import NoGeometry, wkb_of
from zones.formats.wkb import geometries_from_wkb
from zones.model import JSON, Problem
from zones.questions_to_people import Reason
from zones.sandbox.limits import Limits
from zones.source.field_descriptions import field_infos
from zones.source.layer_choice import Description, choose_layers
from zones.source.model import Source, SourceBatch, SourceLayer, chosen_crs
from zones.source.reading_choices import SourceChoice

_BATCH_FEATURES = 2000
_UNDEFINED: Final = frozenset({"", "undefined"})


def open_udbx(path: Path, choice: SourceChoice, limits: Limits) -> Source:
    """Return the chosen datasets of a UDBX.

    Raises
    ------
    SourceError
        Why it cannot be read; ``DecisionNeeded`` if there are several and none is named.
    """
    listed = listed_datasets(path)
    by_name = {each.name: each for each in listed.datasets}
    tables = {each.table.casefold(): each.name for each in listed.datasets}

    def describe(name: str) -> Description:
        dataset = by_name[name]
        return Reason("reason-layer", {"features": dataset.count, "kind": dataset.kind}), ()

    requested = [tables.get(name.casefold(), name) for name in choice.layers]
    names = choose_layers(tuple(by_name), requested, describe=describe)
    return merged(
        [UDBXSource(listed, by_name[name], crs=choice.crs, limits=limits) for name in names]
    )


class UDBXSource:
    """One dataset of points, lines or regions."""

    def __init__(
        self, listed: ListedDatasets, dataset: Dataset, *, crs: str | None, limits: Limits
    ) -> None:
        if dataset.count > limits.max_features:
            raise SourceLimitError("too-many-features", most=limits.max_features)
        self._path, self._dataset = listed.path, dataset
        system, finding = chosen_crs(crs, in_file=lambda: _declared(dataset))
        infos = field_infos(dataset.fields, dataset.columns)
        kinds = ", ".join(f"{kind} × {count}" for kind, count in listed.others.items())
        unread = (Problem("udbx-not-read", {"kinds": kinds}, "note"),) if kinds else ()
        self.layer = SourceLayer(
            format="udbx",
            layer=dataset.name,
            layers=tuple(each.name for each in listed.datasets),
            encoding=EncodingFinding(UTF_8, "format"),
            crs=system,
            crs_finding=finding,
            notes=(*unread, *infos.notes),
            fields=infos.fields,
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order of their ids, with the fraction that is done."""
        dataset, done = self._dataset, 0
        selected = ", ".join(map(quoted, (dataset.key, dataset.geometry, *dataset.columns)))
        query = f"SELECT {selected} FROM {quoted(dataset.table)} ORDER BY 1"  # noqa: S608 - names are quoted
        with database(self._path) as opened:
            opened.text_factory = bytes
            with closing(opened.execute(query)) as cursor:
                while rows := cursor.fetchmany(_BATCH_FEATURES):
                    limit_queries(opened)
                    batch = self._batch(rows, done)
                    done += len(rows)
                    yield done / max(1, dataset.count), batch
                    limit_queries(opened)

    def _batch(self, rows: list[tuple[Any, ...]], done: int) -> SourceBatch:
        numbers = np.arange(done + 1, done + len(rows) + 1)
        problems, wkb = [], []
        for number, row in zip(numbers.tolist(), rows, strict=True):
            try:
                wkb.append(None if row[1] is None else wkb_of(_bytes(row[1])))
            except NoGeometry:
                wkb.append(None)
                problems.append(
                    Problem("geometry-broken", {"reason": "SmGeometry"}, feature=number)
                )
        built = geometries_from_wkb(np.array([*wkb, None], dtype=object)[:-1], numbers)
        booleans, columns = self._dataset.booleans, self._dataset.columns
        properties = [
            {
                name: _value(value, name in booleans)
                for name, value in zip(columns, row[2:], strict=True)
            }
            for row in rows
        ]
        ids: list[str | int | float | None] = [
            row[0] if isinstance(row[0], int) else None for row in rows
        ]
        return SourceBatch(numbers, built.geometries, ids, properties, (*built.problems, *problems))


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


_TRUTHS = (0, 1, -1)  # minus one is true in programs of Visual Basic's family


def _value(value: object, is_boolean: bool) -> JSON:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError as error:
            sample = value[:40].decode("ascii", "backslashreplace")
            raise SourceError("text-encoding", sample=sample, declared=UTF_8) from error
    if is_boolean and isinstance(value, int) and value in _TRUTHS:
        return bool(value)
    return value if isinstance(value, int | float) else None


def _declared(dataset: Dataset) -> SourceCRS | None:
    """Return the system of the register: by EPSG's code where it has one, else by its WKT."""
    if dataset.system is None:
        return None
    authority, code, text = dataset.system
    if authority.casefold() == "epsg" and code > 0:
        return source_crs_from_epsg(code)
    return None if text.casefold() in _UNDEFINED else source_crs_from_wkt(text)
