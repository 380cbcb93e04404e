"""A drawing (DXF) -> layer and batches; its texts are decoded by what they are, not by label."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from zones.encoding.decide_encoding import EncodingFinding, decide_encoding
from zones.encoding.trial_decoding import EncodedText
from zones.errors import SourceError
from zones.formats.dxf.copy_for_gdal import copy_drawing, index_of
from zones.formats.dxf.drawing import Entity
from zones.formats.dxf.remarks import (
    drawing_notes,
    inserted_blocks,
    lost_entities,
    point_of,
    properties_of,
)
from zones.formats.dxf.tags import lines_beyond_ascii
from zones.formats.gdal.source import GDALLayer, GDALSource
from zones.model import GeometryKind, Problem
from zones.sandbox.limits import Limits
from zones.source.model import SourceBatch, SourceLayer

_LAYER: Final = "entities"
_LEFT_OUT: Final = frozenset({"PaperSpace", "SubClasses", "Linetype"})
_NO_FEATURES: Final = SourceBatch(np.empty(0, np.int64), np.empty(0, object), [], [])
_CODE_PAGE: Final = re.compile(rb"\$DWGCODEPAGE\s+3\s+([A-Za-z0-9_-]{1,40})")
_HEADER_BYTES = 64 * 1024
_BINARY: Final = b"AutoCAD Binary DXF"
_DWG: Final = re.compile(rb"AC10[0-9][0-9]|AC1\.")
_MOST_LAYERS = 1000


class DXFSource:
    """The entities of a drawing: of one of its own layers if that is named, else of all.

    ``Layer`` among the properties tells them apart; extended data and block attributes stand
    beside it. Entities in paper space, which are drawn on the sheet, are left out. Blocks are
    taken as they are drawn, where nothing but points is wanted as the point where they stand.
    """

    def __init__(
        self,
        path: Path,
        *,
        crs: str | None,
        encoding: str | None,
        layer: str | None,
        limits: Limits,
        kinds: Collection[GeometryKind] = (),
    ) -> None:
        self._as_points = set(kinds) == {"point"}
        copy = path.with_name("copy.dxf")
        with path.open("rb") as file, copy.open("wb") as target:
            _refuse_other_drawings(file)
            self._encoding = _encoding_of(file, encoding)
            self._drawing = copy_drawing(
                file, target, codec=self._encoding.codec, most=limits.max_features
            )
        drawn = [entity for entity in self._drawing.entities if not entity.in_paper]
        self._layers = tuple(dict.fromkeys(entity.layer for entity in drawn))[:_MOST_LAYERS]
        self._chosen_layer = _known_layer(layer, self._layers) if layer else None
        _have_gdal_read_texts_in("UTF-8")
        described = GDALLayer(
            format="dxf",
            path=copy,
            layer=_LAYER,
            layers=(),
            left_out=_LEFT_OUT,
            notes=(*_text_remarks(self._encoding), *drawing_notes(self._drawing)),
        )
        self._inner = GDALSource(described, crs=crs, limits=limits)

    @property
    def layer(self) -> SourceLayer:
        """Return what is known of the drawing."""
        return replace(
            self._inner.layer,
            layer=self._chosen_layer,
            layers=self._layers,
            encoding=self._encoding,
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        met: set[int] = set()
        for share, batch in self._inner.batches():
            yield share, self._as_drawn(batch, met)
        problems = [*lost_entities(self._drawing, met, layer=self._chosen_layer)]
        inserts = [entity for at, entity in enumerate(self._drawing.entities) if at in met]
        problems.extend(
            inserted_blocks(filter(self._is_chosen, inserts), as_points=self._as_points)
        )
        if problems:
            yield 1.0, replace(_NO_FEATURES, problems=tuple(problems))

    def _as_drawn(self, batch: SourceBatch, met: set[int]) -> SourceBatch:
        """Return the features of the wanted entities with all that the drawing tells of them."""
        indices = [index_of(str(row["EntityHandle"])) for row in batch.properties]
        met.update(indices)
        entities = [self._drawing.entities[index] for index in indices]
        rows = [at for at, entity in enumerate(entities) if self._is_chosen(entity)]
        numbers, geometries = batch.numbers[rows], batch.geometries[rows]
        problems = [
            problem for problem in batch.problems if problem.feature in set(numbers.tolist())
        ]
        for at, row in enumerate(rows):
            if self._as_points and (place := point_of(entities[row])) is not None:
                geometries[at] = place
            if (wrong := entities[row].wrong) is not None:
                geometries[at] = None
                params = {"kind": entities[row].kind, "layer": entities[row].layer, **wrong}
                problems.append(Problem("drawing-number", params, feature=int(numbers[at])))
            elif (line := entities[row].alone) is not None:
                geometries[at] = None
                params = {"kind": entities[row].kind, "layer": entities[row].layer, "line": line}
                problems.append(Problem("drawing-pair", params, feature=int(numbers[at])))
        properties = [properties_of(entities[at], batch.properties[at]) for at in rows]
        ids = [batch.ids[at] for at in rows]
        return SourceBatch(numbers, geometries, ids, properties, tuple(problems), batch.flattened)

    def _is_chosen(self, entity: Entity) -> bool:
        return not entity.in_paper and self._chosen_layer in (None, entity.layer)


def _refuse_other_drawings(file: BinaryIO) -> None:
    start = file.read(len(_BINARY))
    file.seek(0)
    if start == _BINARY:
        raise SourceError("drawing-binary")
    if _DWG.match(start):
        raise SourceError("drawing-not-dxf", suffix=".dwg")


def _known_layer(requested: str, layers: Sequence[str]) -> str:
    for name in layers:
        if requested.casefold() == name.casefold():
            return name
    raise SourceError("layer-unknown", layer=requested[:80], layers=", ".join(layers[:20]) or "—")


def _encoding_of(file: BinaryIO, override: str | None) -> EncodingFinding:
    """Return the encoding of the texts, by what they are; the label is heard where they fit it."""
    match = _CODE_PAGE.search(file.read(_HEADER_BYTES))
    return decide_encoding(
        map(EncodedText, lines_beyond_ascii(file)),
        declared=match[1].decode("ascii") if match else None,
        override=override,
    )


def _text_remarks(encoding: EncodingFinding) -> tuple[Problem, ...]:
    """Return what is told of the encoding, not that the code page is wrong: it is so too often."""
    wrong = "encoding-label-wrong"
    return tuple(found for found in encoding.remarks() if found.code != wrong)


def _have_gdal_read_texts_in(codec: str) -> None:
    import pyogrio

    pyogrio.set_gdal_config_options({"DXF_ENCODING": codec.upper()})
