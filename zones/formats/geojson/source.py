"""GeoJSON by RFC 7946, read strictly and in pieces; GDAL has no part in it.

Two things of the standard's forerunner are honoured: a ``crs`` that names a system that we know
(``zones.formats.geojson.crs_member``), and a file that begins with a byte order mark.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO, Final

import numpy as np

from zones.crs.reference_systems import CRS
from zones.crs.source_crs import SourceCRS
from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError
from zones.formats.geojson.crs_member import SystemOfFile
from zones.formats.geojson.feature_collection import (
    JSONCollection,
    about_completeness,
    about_foreign_members,
    seen,
)
from zones.formats.geojson.features import FeatureObjects
from zones.geojson.lossy_numbers import exact_members
from zones.sandbox.limits import Limits
from zones.source.model import SourceBatch, SourceLayer, crs_finding, declared_crs

_GEOMETRY_TYPES: Final = frozenset(
    {
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    }
)


class GeoJSONSource:
    """An opened GeoJSON text: a feature collection, one feature, or one geometry."""

    def __init__(self, file: BinaryIO, *, crs: str | None, limits: Limits) -> None:
        self._collection = JSONCollection(file, limits)
        self._root = self._collection.root
        self._kind = _kind_of(self._root)
        system = SystemOfFile(self._root.get("crs"), self._first())
        notes = (*about_completeness(self._root), *about_foreign_members(self._root))
        self.layer = replace(_layer(system.name, crs), notes=notes)
        self._features = FeatureObjects(system)

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        done = 0
        for share, features, text in self._pieces():
            numbers = np.arange(done + 1, done + len(features) + 1)
            done += len(features)
            yield share, self._features.batch(numbers, features, exact_members(text, features))

    def _first(self) -> Any:
        """Return the first feature, parsed; None where there is none, or no sound one."""
        if self._kind != "FeatureCollection":
            return self._root if self._kind == "Feature" else {"geometry": self._root}
        return self._collection.first()

    def _pieces(self) -> Iterator[tuple[float, list[Any], bytes]]:
        """Yield features with what they were parsed from, and the fraction that is done then."""
        if self._kind == "Feature":
            yield 1.0, [self._root], self._collection.all_text()
        elif self._kind in _GEOMETRY_TYPES:
            yield 1.0, [{"type": "Feature", "properties": None, "geometry": self._root}], b""
        else:
            yield from self._collection.pieces()


def _kind_of(root: dict[str, Any]) -> str:
    kind = root.get("type")
    if kind == "FeatureCollection" and isinstance(root.get("features"), list):
        return "FeatureCollection"
    if isinstance(kind, str) and (kind == "Feature" or kind in _GEOMETRY_TYPES):
        return kind
    raise SourceError("not-geojson", found=seen(root)[:40])


def _layer(in_file: str | None, option: str | None) -> SourceLayer:
    crs: CRS | SourceCRS = declared_crs(option or in_file or "CRS84")
    finding = crs_finding(
        crs,
        basis="option" if option else "file" if in_file else "format",
        in_file=in_file if option else None,
    )
    encoding = EncodingFinding(UTF_8, "format")
    return SourceLayer("geojson", None, (), encoding, crs, finding)
