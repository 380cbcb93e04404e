"""EsriJSON -> layer and batches."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final

import numpy as np

from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError
from zones.formats.esrijson.fields import fields_of, instant, instants_of
from zones.formats.esrijson.geometry import EsriJSONGeometryBuilder, UnfitShape
from zones.formats.esrijson.spatial_reference import same_system, system_of
from zones.formats.geojson.feature_collection import JSONCollection, about_completeness
from zones.model import JSON, Problem
from zones.sandbox.limits import Limits
from zones.source.field_descriptions import field_infos
from zones.source.model import SourceBatch, SourceLayer, chosen_crs

_SHAPE_MEMBERS: Final = frozenset({"rings", "paths", "points", "x", "xmin", "curveRings"})
_LONGEST: Final = 200


class EsriJSONSource:
    """An answer of a service: a feature set, one feature, or one geometry."""

    def __init__(self, file: BinaryIO, *, crs: str | None, limits: Limits) -> None:
        self._collection = JSONCollection(file, limits)
        self._root = root = self._collection.root
        _refuse_answers_without_features(root)
        self._reference = _reference_of(root, self._first())
        fields = fields_of(root)
        self._instants, self._oid = instants_of(fields), _oid_of(root, fields_of(root))
        names = tuple(field.name for field in fields)
        infos = field_infos([field.info for field in fields], names)
        system, finding = chosen_crs(crs, in_file=lambda: system_of(self._reference))
        self.layer = SourceLayer(
            format="esrijson",
            layer=None,
            layers=(),
            encoding=EncodingFinding(UTF_8, "format"),
            crs=system,
            crs_finding=finding,
            field_types={field.name: field.kind for field in fields},
            notes=(*_about_answer(root, self._instants), *infos.notes),
            fields=infos.fields,
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        done = 0
        for share, features in self._pieces():
            numbers = np.arange(done + 1, done + len(features) + 1)
            done += len(features)
            yield share, self._batch(features, numbers)

    def _first(self) -> Any:
        if isinstance(self._root.get("features"), list):
            return self._collection.first()
        return self._root

    def _pieces(self) -> Iterator[tuple[float, list[Any]]]:
        if isinstance(self._root.get("features"), list):
            for share, features, _ in self._collection.pieces():
                yield share, features
        elif _SHAPE_MEMBERS & self._root.keys():
            yield 1.0, [{"attributes": {}, "geometry": self._root}]
        else:
            yield 1.0, [self._root]

    def _batch(self, features: Sequence[Any], numbers: Any) -> SourceBatch:
        transform = self._root.get("transform")
        shapes = EsriJSONGeometryBuilder(transform if isinstance(transform, Mapping) else None)
        geometries = np.full(len(features), None, dtype=object)
        problems: list[Problem] = []
        sound: list[Mapping[str, Any]] = []
        for at, (number, parsed) in enumerate(zip(numbers.tolist(), features, strict=True)):
            feature = parsed if _is_sound(parsed) else {}
            sound.append(feature)
            try:
                if not feature:
                    raise UnfitShape("esrijson-feature")
                self._check_system(feature)
                geometries[at] = shapes.geometry(feature.get("geometry"), number)
            except UnfitShape as fault:
                problems.append(Problem(fault.code, dict(fault.params), feature=number))
        rows = [self._properties(feature) for feature in sound]
        return SourceBatch(
            numbers,
            geometries,
            [_identifier(row.get(self._oid)) if self._oid else None for row in rows],
            rows,
            (*problems, *_about_shapes(shapes, int(numbers[0]) if len(numbers) else 1)),
            shapes.flattened,
        )

    def _properties(self, feature: Mapping[str, Any]) -> dict[str, JSON]:
        attributes = feature.get("attributes") or {}
        return {
            name: instant(value) if name in self._instants else value
            for name, value in attributes.items()
        }

    def _check_system(self, feature: Mapping[str, Any]) -> None:
        geometry = feature.get("geometry")
        own = geometry.get("spatialReference") if isinstance(geometry, Mapping) else None
        if own is not None and not same_system(own, self._reference):
            raise UnfitShape("esrijson-system-differs", told=str(own)[:_LONGEST])


def _identifier(value: JSON) -> str | int | float | None:
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _is_sound(parsed: Any) -> bool:
    return (
        isinstance(parsed, dict)
        and isinstance(parsed.get("attributes", {}), dict | None)
        and ("attributes" in parsed or "geometry" in parsed)
    )


def _reference_of(root: Mapping[str, Any], first: Any) -> Any:
    """Return the spatial reference of the answer, else that of its first geometry."""
    if (named := root.get("spatialReference")) is not None:
        return named
    geometry = first.get("geometry") if isinstance(first, Mapping) else None
    return geometry.get("spatialReference") if isinstance(geometry, Mapping) else None


def _oid_of(root: Mapping[str, Any], fields: Sequence[Any]) -> str | None:
    """Return the field that numbers the rows."""
    named = root.get("objectIdFieldName")
    if isinstance(named, str) and named:
        return named
    return next((field.name for field in fields if field.type == "esriFieldTypeOID"), None)


def _refuse_answers_without_features(root: Mapping[str, Any]) -> None:
    """Raise for the fault that a service answers, and for the description of a layer."""
    if isinstance(fault := root.get("error"), Mapping) and "features" not in root:
        messages = [fault.get("message"), *(fault.get("details") or [])]
        message = "；".join(str(each) for each in messages if each)[:_LONGEST]
        raise SourceError(
            "esrijson-error", code_told=str(fault.get("code", "—"))[:20], message=message
        )
    has_one = "attributes" in root or "geometry" in root or _SHAPE_MEMBERS & root.keys()
    if not isinstance(root.get("features"), list) and not has_one:
        raise SourceError("esrijson-no-features", members=", ".join(map(str, root))[:_LONGEST])


def _about_answer(root: Mapping[str, Any], instants: frozenset[str]) -> Iterator[Problem]:
    yield from about_completeness(root)
    if instants:
        yield Problem(
            "esrijson-instants", {"fields": ", ".join(sorted(instants))[:_LONGEST]}, "note"
        )


def _about_shapes(shapes: EsriJSONGeometryBuilder, first: int) -> Iterator[Problem]:
    if shapes.turned:
        params: dict[str, JSON] = {"count": len(shapes.turned)}
        yield Problem("esrijson-rings-turned", params, "warning", feature=shapes.turned[0])
    if shapes.empty:
        told: dict[str, JSON] = {"count": len(shapes.empty)}
        yield Problem("geometry-parts-empty", told, "note", feature=shapes.empty[0])
    if shapes.closed:
        yield Problem("rings-closed", {"count": shapes.closed}, "warning", feature=first)
