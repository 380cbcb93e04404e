"""A file of MapGIS 6.x -> layer and batches; mapgis2shp reads it, the system is a person's word.

Of mapgis2shp 2.6.0 geometries and attributes are taken alone. Its reference system says WGS 84 for
CGCS2000 and has lost the zone number, so that people are asked. Coordinates are millimetres on the
map times the scale, in metres then; of a file that names no scale, no projection, or an ellipsoid
that mapgis2shp does not know, it leaves them as they are, and people are asked for the scale.
"""

import datetime as dt
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import GB18030
from zones.errors import SourceError, SourceLimitError
from zones.formats.mapgis.map_scale import in_metres
from zones.model import JSON
from zones.sandbox.limits import Limits
from zones.source.model import SourceBatch, SourceLayer, chosen_crs
from zones.source.reading_choices import SourceChoice

_OUT_OF_SHAPE: Final = (
    *(ValueError, LookupError, TypeError, ArithmeticError, struct.error),
    *(AttributeError, OSError),
)
_SECTIONS_AT, _SECTION_BYTES, _SECTIONS = 12, 10, 10
_MAGIC_BYTES = 8
_ATTRIBUTES: Final = {b"WMAP`D21": 2, b"WMAP`D22": 2, b"WMAP`D23": 9}  # the section, from 0
_COUNT_AT, _COUNTS = 324, struct.Struct("<ih")  # rows and bytes of each, in the head of attributes
_BATCH_FEATURES: Final = 2000


class MapGISSource:
    """The features of a file, in its order."""

    def __init__(self, path: Path, choice: SourceChoice, limits: Limits) -> None:
        read = _read(path)
        columns = read.data
        if len(read.geom) > limits.max_features:
            raise SourceLimitError("too-many-features", most=limits.max_features)
        if len(columns) != len(read.geom):
            raise SourceError("mapgis-counts", shapes=len(read.geom), rows=len(columns))
        scaled = in_metres(read, path, chosen=choice.map_scale)
        self._shapes = scaled.shapes
        self._names = [str(name) for name in columns.columns]
        self._rows = columns.astype(object).to_numpy().tolist()
        system, finding = chosen_crs(choice.crs)
        self.layer = SourceLayer(
            format="mapgis",
            layer=None,
            layers=(),
            encoding=EncodingFinding(GB18030, "format"),
            crs=system,
            crs_finding=finding,
            notes=scaled.notes,
            map_scale=scaled.to_confirm,
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction that is done."""
        for begin in range(0, len(self._shapes), _BATCH_FEATURES):
            shapes = self._shapes[begin : begin + _BATCH_FEATURES]
            rows = self._rows[begin : begin + _BATCH_FEATURES]
            done = (begin + len(shapes)) / len(self._shapes)
            yield (
                done,
                SourceBatch(
                    np.arange(begin + 1, begin + len(shapes) + 1),
                    shapes,
                    [None] * len(shapes),
                    [dict(zip(self._names, map(_value, row), strict=True)) for row in rows],
                ),
            )


def _read(path: Path) -> Any:
    from pymapgis.reader import MapGISError, Reader

    _check_sections(path)
    try:
        return Reader(path, make_valid=False)
    except (MapGISError, *_OUT_OF_SHAPE) as error:
        raise SourceError("mapgis-unreadable", reason=str(error)[:200]) from error


def _check_sections(path: Path) -> None:
    """Raise for a section or table longer than the file, which would ask for as much memory."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_SECTIONS_AT + 4)
        file.seek(max(0, int.from_bytes(head[_SECTIONS_AT:], "little", signed=True)))
        table = file.read(_SECTION_BYTES * _SECTIONS)
        begins = list[int]()
        for at in range(0, len(table) - _SECTION_BYTES + 1, _SECTION_BYTES):
            begin, length = struct.unpack_from("<ii", table, at)
            begins.append(begin)
            if begin < 0 or not 0 <= length <= size:
                raise _longer_than(size, f"{begin} + {length}")
        section = _ATTRIBUTES.get(head[:_MAGIC_BYTES], len(begins))
        file.seek(sum(begins[section : section + 1]) + _COUNT_AT)
        if len(counts := file.read(_COUNTS.size)) == _COUNTS.size:
            rows, width = _COUNTS.unpack(counts)
            if width <= 0 and rows > size:
                raise _longer_than(size, f"{rows} × {width}")


def _longer_than(size: int, found: str) -> SourceError:
    return SourceError("mapgis-unreadable", reason=f"{found} > {size}")


def _value(value: Any) -> JSON:
    """Return an attribute as JSON has it; blank texts are none."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, str):
        return value.strip() or None
    return value if isinstance(value, bool | int | float) else None
