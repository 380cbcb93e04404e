"""An .ovjsn -> layer and batches, positions by the datum that each object names."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson

from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError, SourceLimitError
from zones.formats.geojson.json_scan import text_near
from zones.formats.kml.datum import chosen_datum
from zones.formats.kml.source import unshifted
from zones.formats.ovjsn.objects import OvObject, objects_of, unread_kinds
from zones.model import JSON, Problem
from zones.sandbox.child_task import ReadTask
from zones.source.model import SourceBatch, SourceLayer
from zones.source.reading_choices import SourceChoice

_BATCH_FEATURES = 2000
_BOM = b"\xef\xbb\xbf"


class OvJSNSource:
    """The points, lines and areas of a file; the groups that they lie in as a property."""

    def __init__(self, task: ReadTask, choice: SourceChoice) -> None:
        content = _parsed(task.source.read())
        self._objects = list(objects_of(content))
        if not self._objects:
            raise SourceError("no-layers")
        if len(self._objects) > task.limits.max_features:
            raise SourceLimitError("too-many-features", most=task.limits.max_features)
        named = Counter(each.datum for each in self._objects)
        system = chosen_datum(named, crs=choice.crs, datum=choice.datum)
        self._datums = system.each
        self._with_folders = any(each.folder for each in self._objects)
        unread = unread_kinds(content)
        kinds = ", ".join(f"{kind} × {count}" for kind, count in unread.items())
        notes = (Problem("ovjsn-not-read", {"kinds": kinds[:200]}, "note"),) if kinds else ()
        self.layer = SourceLayer(
            format="ovjsn",
            layer=None,
            layers=(),
            encoding=EncodingFinding(UTF_8, "format"),
            crs=system.crs,
            crs_finding=system.finding,
            notes=(*system.notes, *notes),
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        count = len(self._objects)
        for start in range(0, count, _BATCH_FEATURES):
            taken = self._objects[start : start + _BATCH_FEATURES]
            yield min(1.0, (start + len(taken)) / count), self._batch(start, taken)

    def _batch(self, done: int, taken: list[OvObject]) -> SourceBatch:
        geometries, problems = [], []
        for number, each in enumerate(taken, start=done + 1):
            geometry = each.geometry
            if each.fault:
                params: dict[str, JSON] = {"name": each.name[:80] or "—"}
                problems.append(Problem(each.fault, params, feature=number))
            if geometry is not None and (datum := self._datums.get(each.datum)) is not None:
                geometry = unshifted(geometry, datum)
            geometries.append(geometry)
        return SourceBatch(
            np.arange(done + 1, done + len(taken) + 1),
            np.array([*geometries, None], dtype=object)[:-1],
            [None] * len(taken),
            [self._properties(each) for each in taken],
            tuple(problems),
        )

    def _properties(self, parsed: OvObject) -> dict[str, JSON]:
        properties: dict[str, JSON] = {"name": parsed.name, "comment": parsed.comment or None}
        return {**properties, "folder": parsed.folder} if self._with_folders else properties


def _parsed(raw: bytes) -> Any:
    text = raw.removeprefix(_BOM)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        near = text_near(text, error.pos)
        raise SourceError("ovjsn-invalid", line=error.lineno, near=near) from error
