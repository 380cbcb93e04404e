"""Of which of Esri's types a collection's properties are, and how their values are written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, Literal

import orjson

from zones.cql2.columns import FID, GEOMETRY, PropertyColumns
from zones.cql2.instants import read_instant
from zones.cql2.queryables_schema import Queryable, described
from zones.model import JSON
from zones.snapshot.collection import Collection
from zones.snapshot.object_ids import OBJECTID

EsriType = Literal[
    "esriFieldTypeOID",
    "esriFieldTypeString",
    "esriFieldTypeDouble",
    "esriFieldTypeInteger",
    "esriFieldTypeSmallInteger",
    "esriFieldTypeDate",
]
_INTEGER: Final = 2**31
_DOUBLE: Final = 2**53
_SHORTEST: Final = 256
_MICROS: Final = 1000


@dataclass(frozen=True, slots=True)
class EsriField:
    """A field: the property's own name, its type, its title, and the texts of its codes.

    Whole numbers beyond 32 bits are doubles, beyond 2^53 texts: so no digit is lost in a
    browser. Truth is 0 and 1; lists and objects are texts of JSON.
    """

    name: str
    type: EsriType
    alias: str
    codes: tuple[tuple[JSON, str], ...] = ()
    length: int = _SHORTEST

    def as_json(self) -> dict[str, Any]:
        """Return the field as a layer's document describes it."""
        length = {"length": self.length} if self.type == "esriFieldTypeString" else {}
        return {
            "name": self.name,
            "type": self.type,
            "alias": self.alias,
            "sqlType": "sqlTypeOther",
            **length,
            "nullable": self.type != "esriFieldTypeOID",
            "editable": False,
            "domain": self._domain() if self.codes else None,
            "defaultValue": None,
        }

    def _domain(self) -> dict[str, Any]:
        values = [{"name": text, "code": code} for code, text in self.codes]
        return {"type": "codedValue", "name": self.name, "codedValues": values}

    def value(self, value: JSON) -> JSON:
        """Return a value as an attribute of this type."""
        if value is None:
            return None
        if self.type == "esriFieldTypeDate":
            return epoch_ms(str(value))
        if self.type == "esriFieldTypeSmallInteger":
            return int(bool(value))
        if self.type == "esriFieldTypeString" and not isinstance(value, str):
            return str(value) if isinstance(value, int) else orjson.dumps(value).decode()
        return value


def epoch_ms(text: str) -> int | None:
    """Return an instant in milliseconds since 1970 UTC; a date is its midnight in UTC."""
    read = read_instant(text)
    return None if read is None else read[0] // _MICROS


def date_text(milliseconds: float) -> str:
    """Return milliseconds since 1970 UTC as RFC 3339."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class EsriFields:
    """The fields of a collection; use as ``collection.derived(EsriFields)``."""

    def __init__(self, collection: Collection) -> None:
        columns = collection.derived(PropertyColumns)
        own = [each for each in described(collection) if each.name != GEOMETRY]
        self.fields = (
            EsriField(OBJECTID, "esriFieldTypeOID", OBJECTID),
            *(_field(each, columns) for each in own if each.name != OBJECTID),
        )
        title = collection.info.title_field or "name"
        self.display = title if title in self.by_name else FID

    @cached_property
    def by_name(self) -> dict[str, EsriField]:
        """The fields by their names."""
        return {each.name: each for each in self.fields}

    def find(self, name: str) -> EsriField | None:
        """Return the field of a name, in any case of letters as in SQL."""
        return self.by_name.get(name) or self._folded.get(name.casefold())

    @cached_property
    def _folded(self) -> dict[str, EsriField]:
        return {each.name.casefold(): each for each in reversed(self.fields)}


def _field(queryable: Queryable, columns: PropertyColumns) -> EsriField:
    codes = tuple((each.code, each.text) for each in queryable.codes)
    type_ = _type(queryable, columns)
    texts = columns.values(queryable.name) if type_ == "esriFieldTypeString" else []
    longest = max((len(each) for each in texts if isinstance(each, str)), default=0)
    length = max(_SHORTEST, longest)  # ArcGIS cuts what is longer than it was told
    return EsriField(queryable.name, type_, queryable.title, codes, length)


def _type(queryable: Queryable, columns: PropertyColumns) -> EsriType:
    if queryable.format in {"date", "date-time"}:
        return "esriFieldTypeDate"
    if queryable.type == "integer":
        return _integer_type(columns.values(queryable.name))
    if queryable.type == "number":
        return "esriFieldTypeDouble"
    return "esriFieldTypeSmallInteger" if queryable.type == "boolean" else "esriFieldTypeString"


def _integer_type(values: Iterable[JSON]) -> EsriType:
    most = max((abs(each) for each in values if isinstance(each, int)), default=0)
    if most < _INTEGER:
        return "esriFieldTypeInteger"
    return "esriFieldTypeDouble" if most <= _DOUBLE else "esriFieldTypeString"
