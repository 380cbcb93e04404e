"""Features and descriptions as the rows that hold them, and back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar, get_args

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from sqlalchemy import RowMapping

from zones.errors import ValidationError
from zones.memory.work_in_slices import sliced
from zones.model import JSON, CodedValue, CollectionInfo, Feature, FieldInfo, GeometryKind

T = TypeVar("T")

_AT_ONCE = 500
_VERTEX_BYTES = 16
"""Shapely keeps the interpreter for as long as it reads: a few milliseconds, not a second."""
_AS_TYPED = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_ABOUT: Final = (
    *("key", "source", "licence", "contact", "keywords"),
    *("visible", "colour", "style", "private"),
)
_KINDS: tuple[GeometryKind, ...] = get_args(GeometryKind)


class FeatureRow(NamedTuple):
    """A feature as bytes: WKB in two dimensions, little-endian, or none; JSON text."""

    fid: str
    geometry: bytes | None
    properties: str

    def same_as(self, other: "FeatureRow") -> bool:
        """Return whether geometry bytes and properties are equal, the keys in any order."""
        if self.geometry != other.geometry:
            return False
        same_text = self.properties == other.properties
        return same_text or _sorted(self.properties) == _sorted(other.properties)


def stored_wkb(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return geometries as rows have them; Z and M are left out."""
    return sliced(
        partial(shapely.to_wkb, output_dimension=2, byte_order=1, flavor="iso"), geometries
    )


def feature_rows(
    features: Sequence[Feature],
    *,
    collection_id: str,
    wkb: Sequence[bytes | None] | None = None,
) -> list[FeatureRow]:
    """Return the features as rows, in their order; Z and M are left out.

    Parameters
    ----------
    wkb
        What ``stored_wkb`` makes of the geometries, where that is there already.

    Raises
    ------
    ValidationError
        If properties hold what JSON cannot: an integer past 64 bits, a lone surrogate, a value
        of another type.
    """
    if wkb is None:
        geometries = np.empty(len(features), dtype=object)
        geometries[:] = [feature.geometry for feature in features]
        wkb = stored_wkb(geometries).tolist()
    return [
        FeatureRow(feature.fid, geometry, _properties_text(feature, collection_id))
        for feature, geometry in zip(features, wkb, strict=True)
    ]


def features_of(rows: Sequence[tuple[str, bytes | None, str]]) -> list[Feature]:
    """Return the features that rows of fid, WKB and JSON text hold, in their order."""
    return [feature for part in in_parts(rows, _AT_ONCE) for feature in _features_of(part)]


def _features_of(rows: Sequence[tuple[str, bytes | None, str]]) -> Iterator[Feature]:
    wkb = np.empty(len(rows), dtype=object)
    wkb[:] = [geometry for _, geometry, _ in rows]
    vertices = np.array([len(geometry or b"") // _VERTEX_BYTES for _, geometry, _ in rows])
    geometries = sliced(shapely.from_wkb, wkb, vertices)
    for (fid, _, properties), geometry in zip(rows, geometries, strict=True):
        yield Feature(fid, geometry, orjson.loads(properties))


def info_row(info: CollectionInfo) -> dict[str, Any]:
    """Return the columns of ``collections`` that describe a collection."""
    return {
        "id": info.id,
        "title": storable(info.title),
        "title_en": storable(info.title_en),
        "description": storable(info.description),
        "description_en": storable(info.description_en),
        "kinds": json_text(sorted(info.kinds)),
        "group": storable(info.group),
        "part_of_plan": int(info.part_of_plan),
        "order": info.order,
        "title_field": info.title_field and storable(info.title_field),
        "fields": json_text([_field_json(field) for field in info.fields]),
        "about": json_text(_about_json(info)),
    }


def info_of(row: RowMapping) -> CollectionInfo:
    """Return the description that a row of ``collections`` holds."""
    kinds = set(orjson.loads(row["kinds"]))
    return CollectionInfo(
        id=row["id"],
        title=row["title"],
        title_en=row["title_en"],
        description=row["description"],
        description_en=row["description_en"],
        kinds=frozenset(kind for kind in _KINDS if kind in kinds),
        group=row["group"],
        part_of_plan=bool(row["part_of_plan"]),
        order=row["order"],
        title_field=row["title_field"],
        fields=tuple(map(_field_of, orjson.loads(row["fields"]))),
        **_about_of(orjson.loads(row["about"])),
    )


def in_parts(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Return the values in consecutive parts of at most ``size``."""
    return (values[start : start + size] for start in range(0, len(values), size))


def json_text(value: object) -> str:
    """Return a value as JSON text.

    Raises
    ------
    TypeError
        If JSON has no such value.
    """
    return orjson.dumps(value, default=_as_dict, option=_AS_TYPED).decode()


def storable(text: str) -> str:
    """Return the text with lone surrogates and U+0000, which not all take, as question marks.

    The command line makes them of file names that are not UTF-8.
    """
    return text.replace("\0", "?").encode("utf-8", "replace").decode()


def time_text(at: datetime) -> str:
    """Return a time as text in UTC that sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def time_of(text: str) -> datetime:
    """Return the time that ``time_text`` wrote."""
    return datetime.fromisoformat(text)


def time_or_none(text: str | None) -> datetime | None:
    """Return the time that ``time_text`` wrote, None for none."""
    return None if text is None else time_of(text)


def _about_json(info: CollectionInfo) -> dict[str, JSON]:
    """Return what is said of a collection besides the columns, without what is not said."""
    members = {name: getattr(info, name) for name in _ABOUT}
    return {
        name: _storable_member(value)
        for name, value in members.items()
        if value not in (None, "", ())
    }


def _storable_member(value: Any) -> JSON:
    if isinstance(value, tuple):
        return [storable(text) for text in value]
    return storable(value) if isinstance(value, str) else value


def _about_of(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a collection; what a later version of the program wrote is left."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in members.items()
        if name in _ABOUT
    }


def _field_json(field: FieldInfo) -> dict[str, JSON]:
    codes: list[JSON] = [[each.code, storable(each.text)] for each in field.codes]
    return {"name": storable(field.name), "title": storable(field.title), "codes": codes}


def _field_of(members: Mapping[str, Any]) -> FieldInfo:
    codes = tuple(CodedValue(code, text) for code, text in members["codes"])
    return FieldInfo(members["name"], members["title"], codes)


def _properties_text(feature: Feature, collection_id: str) -> str:
    try:
        return json_text(feature.properties)
    except TypeError as error:
        raise ValidationError(
            "properties-not-json", collection=collection_id, fid=feature.fid
        ) from error


def _as_dict(value: object) -> dict[str, JSON]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"Type is not JSON serializable: {type(value).__name__}")


def _sorted(properties: str) -> bytes:
    return orjson.dumps(orjson.loads(properties), option=orjson.OPT_SORT_KEYS)
