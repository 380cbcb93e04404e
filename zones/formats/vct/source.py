"""A VCT -> one layer in batches: objects in the order of the file, each with its row."""

from collections.abc import Iterator
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from zones.encoding.trial_decoding import EncodedText, decode_text
from zones.errors import SourceLimitError
from zones.formats.merged_layers import merged
from zones.formats.vct.batch import Batch
from zones.formats.vct.file import VCTFile, opened
from zones.formats.vct.geometry import VCTGeometryBuilder
from zones.formats.vct.layers import VCTLayer, rows_of
from zones.formats.vct.reference_system import declared_system
from zones.formats.vct.shapes import UnreadableObject
from zones.formats.vct.tables import ObjectRows, long_texts, type_of, value_of
from zones.model import JSON, Problem
from zones.questions_to_people import Reason
from zones.sandbox.child_task import ReadTask
from zones.sandbox.limits import Limits
from zones.source.layer_choice import Description, choose_layers
from zones.source.model import Source, SourceBatch, SourceLayer, chosen_crs
from zones.source.reading_choices import SourceChoice

_LONGEST_VALUE = 80
_CODE_FIELD: Final = "要素代码"


def open_vct(task: ReadTask, choice: SourceChoice) -> Source:
    """Return the chosen layers of a VCT.

    Raises
    ------
    SourceError
        Why it cannot be read; ``DecisionNeeded`` if it has several layers and none is named.
    """
    file = opened(task, encoding=choice.encoding)
    by_name = {layer.name: layer for layer in file.layers or file.edges}

    def describe(name: str) -> Description:
        layer = by_name[name]
        return Reason("reason-layer", {"features": layer.count, "kind": layer.kind}), ()

    requested = [_by_table(name, by_name) for name in choice.layers]
    names = choose_layers(tuple(by_name), requested, describe=describe)
    return merged(
        [
            VCTSource(file, by_name[name], tuple(by_name), crs=choice.crs, limits=task.limits)
            for name in names
        ]
    )


def _by_table(requested: str, layers: dict[str, VCTLayer]) -> str:
    """Return the layer's name where it is called by its table's."""
    named = [
        name for name, layer in layers.items() if layer.table.casefold() == requested.casefold()
    ]
    return named[0] if len(named) == 1 and requested not in layers else requested


class VCTSource:
    """One layer: the features of a table and of one kind of geometry."""

    def __init__(
        self,
        file: VCTFile,
        layer: VCTLayer,
        names: tuple[str, ...],
        *,
        crs: str | None,
        limits: Limits,
    ) -> None:
        if layer.count > limits.max_features:
            raise SourceLimitError("too-many-features", most=limits.max_features)
        self._file, self._layer = file, layer
        self._rows = rows_of(file.scan, layer)
        self._table = file.rows_of(layer.table)
        self._names = [column.name for column in layer.fields]
        spans = file.scan.sections.get("Varchar", ())
        self._long = long_texts(file.file, spans, file.separator, file.encoding.codec)
        self._shapes = VCTGeometryBuilder(file)
        system, finding = chosen_crs(
            crs, in_file=lambda: declared_system(file.head, self._shapes.first_of(layer.kind))
        )
        types = {column.name: type_of(column) for column in layer.fields}
        self.layer = SourceLayer(
            format="vct",
            layer=layer.name,
            layers=names,
            encoding=file.encoding,
            crs=system,
            crs_finding=finding,
            field_types={**({_CODE_FIELD: "text"} if self._has_codes else {}), **types},
            notes=(
                *file.encoding.remarks(),
                *_notes(file, layer, denied=self._shapes.denied),
                *_about_rows(self._table),
            ),
        )

    @property
    def _has_codes(self) -> bool:
        return len(self._layer.codes) > 1 and _CODE_FIELD not in self._names

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        batch, count = Batch(), len(self._rows)
        kind, ids = self._layer.kind, self._file.scan.objects[self._layer.kind].ids
        for number, row in enumerate(self._rows.tolist(), start=1):
            batch.numbers.append(number)
            batch.ids.append(ids[row])
            batch.properties.append(self._properties(kind, row, batch))
            batch.geometries.append(self._geometry(kind, row, batch))
            if batch.is_full:
                yield number / count, batch.finished()
                batch = Batch()
        if batch.numbers:
            yield 1.0, batch.finished()

    def _geometry(self, kind: str, row: int, batch: Batch) -> BaseGeometry | None:
        try:
            geometry = self._shapes.geometry(kind, row, batch)
        except UnreadableObject as fault:
            params: dict[str, JSON] = {"id": batch.ids[-1], **fault.params}
            batch.problems.append(Problem(fault.code, params, feature=batch.numbers[-1]))
            return None
        batch.vertices += int(shapely.get_num_coordinates(geometry))
        return geometry

    def _properties(self, kind: str, row: int, batch: Batch) -> dict[str, JSON]:
        properties: dict[str, JSON] = {}
        if self._has_codes:
            index = self._file.scan.objects[kind].codes[row]
            properties[_CODE_FIELD] = self._layer.codes[self._layer.indices.index(index)].code
        properties.update(dict.fromkeys(self._names))
        place = self._table.place(batch.ids[-1])
        if place is None:
            if self._names:
                batch.count("vct-row-missing", batch.ids[-1])
            return properties
        text = decode_text(EncodedText(self._file.line(place).strip()), self._file.encoding.codec)
        words = text.split(self._file.head.separator)
        if len(words) == len(self._names) + 1:
            del words[0]
        elif len(words) != len(self._names):
            params: dict[str, JSON] = {
                "id": batch.ids[-1],
                "count": len(words) - 1,
                "fields": len(self._names),
                "text": text[:_LONGEST_VALUE],
            }
            batch.problems.append(Problem("vct-row-length", params, feature=batch.numbers[-1]))
            return properties
        for column, word in zip(self._layer.fields, words, strict=True):
            value, fits = value_of(word, column)
            if column.type == "varchar" and isinstance(value, str):
                value = self._long.get(value.strip(), value)
            properties[column.name] = value
            if not fits:
                params = {"type": column.type, "value": word[:_LONGEST_VALUE]}
                batch.misfit(column.name, params)
        return properties


def _notes(file: VCTFile, layer: VCTLayer, *, denied: bool) -> Iterator[Problem]:
    if denied:
        yield Problem("vct-swapped", {}, "warning")
    for kind, count in file.scan.unread.items():
        yield Problem("vct-not-read", {"kind": kind, "count": count}, "note")
    if file.edges and layer not in file.edges:
        params: dict[str, JSON] = {
            "count": sum(each.count for each in file.edges),
            "layers": ", ".join(each.name for each in file.edges)[:_LONGEST_VALUE],
        }
        yield Problem("vct-edges", params, "note")


def _about_rows(rows: ObjectRows) -> Iterator[Problem]:
    if rows.repeated:
        yield Problem("vct-rows-repeated", {"count": rows.repeated}, "warning")
