"""What may be asked of a collection, and how its features look, as JSON Schema."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, Literal

from zones.cql2.columns import FID, GEOMETRY, PropertyColumns, queryable
from zones.cql2.instants import read_instant
from zones.messages import Lang, catalogue
from zones.model import JSON, CodedValue, FieldInfo
from zones.properties.titles_and_codes import written
from zones.snapshot.collection import Collection

JSONType = Literal["string", "number", "integer", "boolean", "array", "object"]

JSONObject = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Queryable:
    """A property of a collection's features.

    Attributes
    ----------
    type
        ``string`` also when values are of several kinds, or all null and nothing is known of
        the name. None for the geometry.
    format
        ``date``, ``date-time``, or ``geometry-...`` as OGC 23-058 names it; else None.
    items
        Type of the members of an ``array``.
    role
        ``id`` or ``primary-geometry``; else None.
    filterable
        False for objects, of which a filter can ask nothing.
    codes
        What its values stand for, as values of its type.
    only_codes
        Whether it has no values but these.
    """

    name: str
    title: str
    title_en: str
    type: JSONType | None
    format: str | None = None
    items: JSONType | None = None
    role: Literal["id", "primary-geometry"] | None = None
    filterable: bool = True
    codes: tuple[CodedValue, ...] = ()
    only_codes: bool = True

    @property
    def is_simple(self) -> bool:
        """Whether it has a plain value, so that ``name=value`` can ask for it."""
        return self.type in {"string", "number", "integer", "boolean"}

    def as_schema(self, lang: Lang = "zh") -> dict[str, Any]:
        """Return the property's own schema."""
        document: dict[str, Any] = {
            "title": self.title_en if lang == "en" else self.title,
            "type": self.type,
            "format": self.format,
            "items": None if self.items is None else {"type": self.items},
            "x-ogc-role": self.role,
            "oneOf": self._choices() if self.codes else None,
        }
        return {key: value for key, value in document.items() if value is not None}

    def _choices(self) -> list[JSONObject]:
        """Return each code with its text, and a place for other values if there are any."""
        known: list[JSONObject] = [{"const": one.code, "title": one.text} for one in self.codes]
        others: JSONObject = {"not": {"enum": [one.code for one in self.codes]}}
        return known if self.only_codes else [*known, others]


def queryables(collection: Collection) -> tuple[Queryable, ...]:
    """Return what a filter may ask of the collection: its id and geometry, then its properties."""
    return tuple(each for each in described(collection) if each.filterable)


def described(collection: Collection) -> tuple[Queryable, ...]:
    """Return all that the collection's features have, objects included."""
    return collection.derived(_describe)


def queryables_schema(collection: Collection, *, url: str, lang: Lang = "zh") -> dict[str, Any]:
    """Return the queryables as JSON Schema (OGC 19-079r2, /req/queryables).

    Parameters
    ----------
    url
        Where the document is found, without query.
    """
    return _schema(collection, queryables(collection), url, lang) | {"additionalProperties": False}


def feature_schema(collection: Collection, *, url: str, lang: Lang = "zh") -> dict[str, Any]:
    """Return the features' logical schema (OGC 23-058, /req/schemas), ``url`` as above.

    Features may bring further properties, so that none is said to be the last.
    """
    properties = described(collection)
    schema = _schema(collection, properties, url, lang)
    for number, each in enumerate(properties, 1):
        document = schema["properties"][each.name]
        document["x-ogc-propertySeq"] = number
        if each.role == FID:
            document["readOnly"] = True
    return schema


def _schema(
    collection: Collection, properties: Sequence[Queryable], url: str, lang: Lang
) -> dict[str, Any]:
    info, english = collection.info, lang == "en"
    return {
        "$schema": DIALECT,
        "$id": url,
        "type": "object",
        "title": (info.title_en if english else info.title) or info.id,
        "description": info.description_en if english else info.description,
        "properties": {each.name: each.as_schema(lang) for each in properties},
    }


def _describe(collection: Collection) -> tuple[Queryable, ...]:
    columns = collection.derived(PropertyColumns)
    names = columns.names
    own = () if FID in names else (_named(FID, type="string", role="id"),)
    geometry = _named(GEOMETRY, format=_geometry_format(collection), role="primary-geometry")
    known = {field.name: field for field in collection.info.fields}
    properties = (
        _property(name, columns.values(name), known.get(name)) for name in names if name != GEOMETRY
    )
    return (*own, geometry, *properties)


def _property(name: str, values: Sequence[JSON], field: FieldInfo | None) -> Queryable:
    """Return a queryable, with the title and the codes that the collection's description has."""
    found = _of_values(name, values)
    if field is None:
        return found
    is_ours = f"property-{found.name}" in catalogue()
    title = field.title or found.title
    codes = tuple(CodedValue(_typed(one.code, found.type), one.text) for one in field.codes)
    known = {one.code for one in codes}
    others = any(
        value is not None and not (isinstance(value, str | int | float) and value in known)
        for value in values
    )
    return replace(
        found,
        title=title,
        title_en=found.title_en if is_ours else title,
        codes=codes,
        only_codes=not others,
    )


def _typed(code: str | float, type_: JSONType | None) -> str | int | float:
    """Return a code as the property has it: files write the codes of numbers as text, too."""
    try:
        if type_ in {"integer", "number"} and isinstance(code, str):
            return int(code) if type_ == "integer" else float(code)
    except ValueError:
        return code
    return written(code) if type_ == "string" else code


def _of_values(name: str, values: Sequence[JSON]) -> Queryable:
    kinds = {_TYPES[each] for each in set(map(type, values)) - {type(None)}}
    type_ = _type_of(kinds) or _unit_type(name)
    return _named(
        name,
        type=type_,
        format=_time_format({e for e in values if isinstance(e, str)})
        if kinds == {"string"}
        else None,
        items=_item_type(values) if type_ == "array" else None,
        filterable=queryable(values),
    )


def _named(name: str, **known: Any) -> Queryable:
    """Return a queryable with the titles that the catalogue has for its name, else the name."""
    words = catalogue().get(f"property-{name}", {})
    known.setdefault("type", None)
    return Queryable(name, words.get("zh", name), words.get("en", name), **known)


def _type_of(kinds: set[JSONType]) -> JSONType | None:
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds == {"integer", "number"}:
        return "number"
    return "string" if kinds else None


def _unit_type(name: str) -> JSONType:
    """Return the type of a property that is null throughout; a name with a unit is a number's."""
    return "number" if name.endswith(_UNITS) else "string"


def _item_type(values: Sequence[JSON]) -> JSONType | None:
    lists = (each for each in values if isinstance(each, list))
    types = set(map(type, chain.from_iterable(lists))) - {type(None)}
    return _type_of({_TYPES[each] for each in types})


def _time_format(texts: Set[str]) -> str | None:
    """Return the format of texts that are all dates or all timestamps; None at the first other."""
    dated: set[bool] = set()
    for text in texts:
        read = read_instant(text)
        if read is None:
            return None
        dated.add(read[1])
    if len(dated) != 1:
        return None
    return "date" if dated.pop() else "date-time"


def _geometry_format(collection: Collection) -> str:
    """Return the format by what the collection takes, since an edit may bring any of it."""
    kinds = collection.info.kinds
    return _GEOMETRY_FORMATS[next(iter(kinds))] if len(kinds) == 1 else "geometry-any"


_UNITS: Final = ("_m", "_m2", "_km", "_km2", "_percent")
_GEOMETRY_FORMATS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "point": "geometry-point-or-multipoint",
        "line": "geometry-linestring-or-multilinestring",
        "polygon": "geometry-polygon-or-multipolygon",
    }
)
_TYPES: Final[Mapping[type, JSONType]] = MappingProxyType(
    {
        str: "string",
        bool: "boolean",
        int: "integer",
        float: "number",
        list: "array",
        dict: "object",
    }
)
