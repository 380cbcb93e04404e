"""A drawing (DXF) -> layer and batches; its texts are decoded by what they are, not by label."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import shapely

from zones.errors import SourceError
from zones.model import Problem
from zones.sources.encoding import EncodingFinding, decide_encoding
from zones.sources.encoding_trials import Text, decode_text
from zones.sources.gdal_source import GDALLayer, GDALSource
from zones.sources.limits import Limits
from zones.sources.source_model import SourceBatch, SourceLayer

_LAYER: Final = "entities"
_LEFT_OUT: Final = frozenset({"PaperSpace", "SubClasses", "Linetype"})
_CODE_PAGE: Final = re.compile(rb"\$DWGCODEPAGE\s+3\s+([A-Za-z0-9_-]{1,40})")
_HEADER_BYTES = 64 * 1024
_CURVES: Final = frozenset({b"ARC", b"CIRCLE", b"ELLIPSE", b"SPLINE"})
_BINARY: Final = b"AutoCAD Binary DXF"
_DWG: Final = re.compile(rb"AC10[0-9][0-9]|AC1\.")
_LAYER_OF: Final = b"8"  # the group code that names an entity's layer
_MOST_LAYERS = 1000
_LINE, _FEWEST_IN_RING = 1, 4


class DXFSource:
    """The entities of a drawing: of one of its own layers if that is named, else of all.

    ``Layer`` among the properties tells them apart.
    """

    def __init__(
        self,
        path: Path,
        *,
        crs: str | None,
        encoding: str | None,
        layer: str | None,
        limits: Limits,
    ) -> None:
        with path.open("rb") as file:
            _refuse_other_drawings(file)
            looked = _looked_through(file, encoding)
        self._encoding, self._layers = looked.encoding, looked.layers
        self._wanted = _known_layer(layer, looked.layers) if layer else None
        _have_gdal_read_texts_in(self._encoding.name)
        told = GDALLayer(
            format="dxf",
            path=path,
            layer=_LAYER,
            layers=(),
            left_out=_LEFT_OUT,
            notes=(Problem("curves-straightened", {}, "note"),) if looked.curved else (),
        )
        self._inner = GDALSource(told, crs=crs, limits=limits)

    @property
    def layer(self) -> SourceLayer:
        """Return what is known of the drawing."""
        inner = self._inner.layer
        return SourceLayer(
            inner.format,
            self._wanted,
            self._layers,
            self._encoding,
            inner.crs,
            inner.crs_finding,
            inner.field_types,
            inner.notes,
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        for share, batch in self._inner.batches():
            yield share, batch if self._wanted is None else _of_layer(batch, self._wanted)


def closed_lines_as_areas(batch: SourceBatch) -> SourceBatch:
    """Return the batch with polygons for lines that end where they begin.

    A drawing has no areas; draughtsmen close a line instead.
    """
    lines = shapely.get_type_id(batch.geometries) == _LINE
    closed = np.flatnonzero(lines & shapely.is_closed(batch.geometries))
    closed = closed[shapely.get_num_coordinates(batch.geometries[closed]) >= _FEWEST_IN_RING]
    if not closed.size:
        return batch
    geometries = batch.geometries.copy()
    with np.errstate(invalid="ignore"):  # NaN is for the validation to tell of
        rings = shapely.linearrings([shapely.get_coordinates(line) for line in geometries[closed]])
        geometries[closed] = shapely.polygons(rings)
    first, params = int(batch.numbers[closed[0]]), {"count": len(closed)}
    told = Problem("lines-as-areas", dict(params), "note", feature=first)
    return replace(batch, geometries=geometries, problems=(*batch.problems, told))


def _of_layer(batch: SourceBatch, layer: str) -> SourceBatch:
    """Return the entities of one of the drawing's own layers, with their problems."""
    rows = [at for at, row in enumerate(batch.properties) if row.get("Layer") == layer]
    numbers = batch.numbers[rows]
    kept = set(numbers.tolist())
    return SourceBatch(
        numbers,
        batch.geometries[rows],
        [batch.ids[at] for at in rows],
        [batch.properties[at] for at in rows],
        tuple(problem for problem in batch.problems if problem.feature in kept),
        batch.flattened,
    )


def _refuse_other_drawings(file: BinaryIO) -> None:
    start = file.read(len(_BINARY))
    file.seek(0)
    if start == _BINARY:
        raise SourceError("drawing-binary")
    if _DWG.match(start):
        raise SourceError("drawing-not-dxf", suffix=".dwg")


def _known_layer(wanted: str, layers: Sequence[str]) -> str:
    for name in layers:
        if wanted.casefold() == name.casefold():
            return name
    raise SourceError("layer-unknown", layer=wanted[:80], layers=", ".join(layers[:20]) or "—")


@dataclass(frozen=True, slots=True)
class _Looked:
    """The encoding of the texts, the drawing's own layers, and whether arcs or splines occur."""

    encoding: EncodingFinding
    layers: tuple[str, ...]
    curved: bool


def _looked_through(file: BinaryIO, override: str | None) -> _Looked:
    match = _CODE_PAGE.search(file.read(_HEADER_BYTES))
    file.seek(0)
    finding = decide_encoding(
        (Text(line.rstrip(b"\r\n")) for line in file if not line.isascii()),
        declared=match[1].decode("ascii") if match else None,
        override=override,
    )
    file.seek(0)
    names: dict[bytes, None] = {}
    curved = False
    for code, value in zip(file, file, strict=False):  # a drawing is pairs of lines
        if code.strip() == _LAYER_OF and len(names) < _MOST_LAYERS:
            names[value.strip()] = None
        curved = curved or (code.strip() == b"0" and value.strip() in _CURVES)
    # GDAL reads the texts, all in one encoding.
    layers = tuple(decode_text(Text(name, full=True), finding.name) for name in names)
    return _Looked(replace(finding, mixed=0), layers, curved)


def _have_gdal_read_texts_in(codec: str) -> None:
    import pyogrio

    pyogrio.set_gdal_config_options({"DXF_ENCODING": codec.upper()})
