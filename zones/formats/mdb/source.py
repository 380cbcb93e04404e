"""A layer of a personal geodatabase -> layer and batches."""

from collections.abc import Iterator

import numpy as np

from zones.crs.source_crs import SourceCRS, source_crs_from_wkt
from zones.encoding.decide_encoding import EncodingFinding
from zones.errors import SourceLimitError
from zones.formats.mdb.catalogue import MDBLayer, listed_layers
from zones.formats.mdb.pages import Pages, damaged
from zones.formats.mdb.shapes import UnreadableShape, shape_of
from zones.formats.mdb.tables import Cells
from zones.formats.mdb.values import OLE, READ, value_of
from zones.formats.merged_layers import merged
from zones.model import JSON, Problem
from zones.questions_to_people import Reason
from zones.sandbox.child_task import ReadTask
from zones.source.field_descriptions import field_infos
from zones.source.layer_choice import Description, choose_layers
from zones.source.model import Source, SourceBatch, SourceLayer, chosen_crs
from zones.source.reading_choices import SourceChoice

_BATCH_FEATURES, _BATCH_BYTES = 2000, 32 * 2**20


def open_mdb(task: ReadTask, choice: SourceChoice) -> Source:
    """Return the chosen layers of a personal geodatabase.

    Raises
    ------
    SourceError
        Why it cannot be read; ``DecisionNeeded`` if there are several and none is named.
    """
    pages = Pages(task.source)
    by_name = {each.table.name: each for each in listed_layers(pages)}

    def describe(name: str) -> Description:
        each = by_name[name]
        return Reason("reason-layer", {"features": each.table.count, "kind": each.kind}), ()

    names = choose_layers(tuple(by_name), choice.layers, describe=describe)
    return merged(
        [MDBSource(pages, by_name[name], tuple(by_name), choice.crs, task) for name in names]
    )


class MDBSource:
    """One layer of a personal geodatabase."""

    def __init__(
        self,
        pages: Pages,
        listed: MDBLayer,
        names: tuple[str, ...],
        crs: str | None,
        task: ReadTask,
    ) -> None:
        if listed.table.count > task.limits.max_features:
            raise SourceLimitError("too-many-features", most=task.limits.max_features)
        self._pages, self._table, self._most = pages, listed.table, task.limits.max_features
        columns = {column.name: at for at, column in enumerate(listed.table.columns)}
        if listed.shape not in columns or self._kind_of(columns[listed.shape]) != OLE:
            raise damaged()
        self._shape = columns.pop(listed.shape)
        numbered = (name for name, at in columns.items() if listed.table.columns[at].numbered)
        self._id = columns.pop(next(numbered, ""), None)
        unread = [name for name, at in columns.items() if self._kind_of(at) not in READ]
        self._attributes = {name: at for name, at in columns.items() if name not in unread}
        system, finding = chosen_crs(crs, in_file=lambda: _declared(listed.system))
        told = {"columns": ", ".join(unread)[:200]}
        infos = field_infos(listed.fields, list(self._attributes))
        self.layer = SourceLayer(
            format="mdb",
            layer=listed.table.name,
            layers=names,
            encoding=EncodingFinding("UTF-16", "format"),
            crs=system,
            crs_finding=finding,
            notes=(*((Problem("mdb-not-read", told, "note"),) if unread else ()), *infos.notes),
            fields=infos.fields,
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features as they lie in the file, with the fraction that is done."""
        done, rows, size = 0, list[tuple[Cells, bytes | None]](), 0
        for cells in self._table.rows(self._pages):
            if len(rows) == _BATCH_FEATURES or size > _BATCH_BYTES:
                yield self._share(done), self._batch(rows, done)
                done, rows, size = done + len(rows), [], 0
                if done > self._most:
                    raise SourceLimitError("too-many-features", most=self._most)
            cell = cells[self._shape]
            content = None if cell is None else self._pages.long_value(cell)
            rows.append((cells, content))
            size += len(content or b"")
        if rows:
            yield 1.0, self._batch(rows, done, self._about_count(done + len(rows)))
        elif self._table.count:
            raise damaged()

    def _about_count(self, read: int) -> tuple[Problem, ...]:
        stated = self._table.count
        told = {"stated": stated, "read": read}
        return () if read == stated else (Problem("mdb-counts", told, "warning"),)

    def _share(self, done: int) -> float:
        return min(1.0, done / max(1, self._table.count))

    def _kind_of(self, at: int) -> int:
        return self._table.columns[at].kind

    def _batch(
        self,
        rows: list[tuple[Cells, bytes | None]],
        done: int,
        about: tuple[Problem, ...] = (),
    ) -> SourceBatch:
        numbers = np.arange(done + 1, done + len(rows) + 1)
        geometries = np.full(len(rows), None, dtype=object)
        problems, flattened = list(about), 0
        for at, (_, content) in enumerate(rows):
            if not content:
                continue
            try:
                shape = shape_of(content)
            except UnreadableShape as fault:
                told = {"reason": fault.reason}
                problems.append(Problem("geometry-broken", told, feature=done + at + 1))
                continue
            geometries[at] = shape.geometry
            flattened += shape.flattened
        ids = [self._value(cells, self._id) for cells, _ in rows]
        properties = [
            {name: self._value(cells, at) for name, at in self._attributes.items()}
            for cells, _ in rows
        ]
        told_ids = [each if isinstance(each, int | str) else None for each in ids]
        return SourceBatch(
            numbers, geometries, list(told_ids), properties, tuple(problems), flattened
        )

    def _value(self, cells: Cells, at: int | None) -> JSON:
        return None if at is None else value_of(cells[at], self._table.columns[at], self._pages)


def _declared(wkt: str) -> SourceCRS | None:
    """Return the system of the register; Esri's programs write an id in braces for an unknown."""
    return None if not wkt or wkt.startswith("{") else source_crs_from_wkt(wkt)
