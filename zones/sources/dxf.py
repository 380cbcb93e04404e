"""A drawing (DXF) -> layer and batches; its texts are decoded by what they are, not by label."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from zones.model import Problem
from zones.sources.encoding import EncodingFinding, Text, decide_encoding
from zones.sources.gdal_source import GDALLayer, GDALSource
from zones.sources.limits import Limits
from zones.sources.source_model import SourceBatch, SourceLayer

_LAYER: Final = "entities"
_LEFT_OUT: Final = frozenset({"PaperSpace", "SubClasses", "Linetype"})
_CODE_PAGE: Final = re.compile(rb"\$DWGCODEPAGE\s+3\s+([A-Za-z0-9_-]{1,40})")
_HEADER_BYTES = 64 * 1024
_CURVES: Final = re.compile(rb"(?m)^(?:ARC|CIRCLE|ELLIPSE|SPLINE)\r?$")


class DXFSource:
    """The entities of a drawing, all of its own layers together; ``Layer`` tells them apart."""

    def __init__(
        self, path: Path, *, crs: str | None, encoding: str | None, limits: Limits
    ) -> None:
        with path.open("rb") as file:
            self._encoding, curved = _looked_through(file, encoding)
        _have_gdal_read_texts_in(self._encoding.name)
        told = GDALLayer(
            format="dxf",
            path=path,
            layer=_LAYER,
            layers=(),
            left_out=_LEFT_OUT,
            notes=(Problem("curves-straightened", {}, "note"),) if curved else (),
        )
        self._inner = GDALSource(told, crs=crs, limits=limits)

    @property
    def layer(self) -> SourceLayer:
        """Return what is known of the drawing."""
        inner = self._inner.layer
        return SourceLayer(
            inner.format,
            None,
            (),
            self._encoding,
            inner.crs,
            inner.crs_finding,
            inner.field_types,
            inner.notes,
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        return self._inner.batches()


def _looked_through(file: BinaryIO, override: str | None) -> tuple[EncodingFinding, bool]:
    """Return the encoding of the texts, and whether arcs or splines occur."""
    match = _CODE_PAGE.search(file.read(_HEADER_BYTES))
    file.seek(0)
    finding = decide_encoding(
        (Text(line.rstrip(b"\r\n")) for line in file if not line.isascii()),
        declared=match[1].decode("ascii") if match else None,
        override=override,
    )
    file.seek(0)
    # GDAL reads the texts, all in one encoding.
    return replace(finding, mixed=0), any(_CURVES.match(line) for line in file)


def _have_gdal_read_texts_in(codec: str) -> None:
    import pyogrio

    pyogrio.set_gdal_config_options({"DXF_ENCODING": codec.upper()})
