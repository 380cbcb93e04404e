"""Types that Parquet has and Apache Arrow drops: kept where they can be written, else told.

Arrow reads GEOMETRY, INTERVAL and VARIANT as bytes and TIME of UTC as a time, and would write them
so. What is lost is found out by comparing: the types of a file with those of an empty one that is
written of the same schema. What was found goes along with the schema, in a key of its metadata that
no answer has.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from zones.model import JSON, Problem

_KEY: Final = b"zones:parquet-types"
_OF_CONVERTED: Final = ("is_from_converted_type", "force_set_converted_type")
_IN_UTC: Final = "isAdjustedToUTC"
_VARIANT: Final = re.compile(
    r"group field_id=-?\d+ (.{1,200}) \(Variant\(\d+\)\) \{$", re.MULTILINE
)
_MOST_LISTED: Final = 50
_SHOWN: Final = 400
_PLANE, _SPHERE = "Geometry", "Geography"


class _Geometry(pa.ExtensionType):  # type: ignore[misc]  # pyarrow has no types
    """WKB that Arrow writes as GEOMETRY or GEOGRAPHY; it is not registered, and so never read."""

    def __init__(self, storage: pa.DataType, metadata: bytes) -> None:
        self._metadata = metadata
        super().__init__(storage, "geoarrow.wkb")

    def __arrow_ext_serialize__(self) -> bytes:
        return self._metadata

    @classmethod
    def __arrow_ext_deserialize__(cls, storage: pa.DataType, metadata: bytes) -> "_Geometry":
        return cls(storage, metadata)


@dataclass(frozen=True, slots=True)
class GeometryAt:
    """A column of GEOMETRY, or of GEOGRAPHY if ``is_spherical``, and the system that it names."""

    at: int
    crs: str
    is_spherical: bool

    def type_to_write(self, storage: pa.DataType) -> pa.DataType:
        """Return the type that Arrow writes as this one."""
        metadata = {"crs": self.crs} if self.crs else {}
        metadata |= {"edges": "spherical"} if self.is_spherical else {}
        return _Geometry(storage, orjson.dumps(metadata))


@dataclass(frozen=True, slots=True)
class ParquetTypes:
    """What Arrow's schema of a Parquet file does not say; ``lost`` are columns and their types."""

    geometries: tuple[GeometryAt, ...] = ()
    times_in_utc: bool = False
    integer_decimals: bool = False
    lost: tuple[tuple[str, str], ...] = ()

    def geometry_crs(self) -> Iterator[tuple[int, str]]:
        """Yield the places of geometry columns and what they say of their system."""
        for each in self.geometries:
            yield each.at, each.crs

    @property
    def options(self) -> dict[str, bool]:
        """The options of a ``ParquetWriter`` that keep types."""
        return {
            "write_time_adjusted_to_utc": self.times_in_utc,
            "store_decimal_as_integer": self.integer_decimals,
        }

    def schema_to_write(self, schema: pa.Schema) -> pa.Schema:
        """Return the schema with types that are written as they were in the file."""
        for each in self.geometries:
            if each.at < len(schema) and _is_bytes(schema.field(each.at).type):
                field = schema.field(each.at)
                schema = schema.set(each.at, field.with_type(each.type_to_write(field.type)))
        return schema

    def notes(self) -> tuple[Problem, ...]:
        """Return what to tell of columns that lose their types in a Parquet file."""
        if not self.lost:
            return ()
        listed = ", ".join(f"{name} ({kind})" for name, kind in self.lost[:_MOST_LISTED])
        params: dict[str, JSON] = {"count": len(self.lost), "columns": listed[:_SHOWN]}
        return (Problem("parquet-types-lost", params, "warning"),)


PLAIN: Final = ParquetTypes()


def with_types(file: pq.ParquetFile, schema: pa.Schema) -> pa.Schema:
    """Return a file's Arrow schema with what it does not say of the file's types."""
    types = _types_of(file, schema)
    types = ParquetTypes(
        types.geometries,
        types.times_in_utc,
        types.integer_decimals,
        tuple(_lost(file, schema, types)),
    )
    if types == PLAIN:
        return schema
    return schema.with_metadata({**(schema.metadata or {}), _KEY: orjson.dumps(types)})


def types_in(schema: pa.Schema) -> ParquetTypes:
    """Return what goes along with a schema; it may come from a process that read anybody's file."""
    try:
        document = orjson.loads((schema.metadata or {})[_KEY])
        geometries = tuple(
            GeometryAt(abs(int(each["at"])), str(each["crs"]), bool(each["is_spherical"]))
            for each in document["geometries"]
        )
        lost = tuple((str(name), str(kind)) for name, kind in document["lost"])
        return ParquetTypes(
            geometries, bool(document["times_in_utc"]), bool(document["integer_decimals"]), lost
        )
    except (KeyError, TypeError, ValueError):
        return PLAIN


def metadata_without_types(schema: pa.Schema) -> Mapping[bytes, bytes] | None:
    """Return the metadata of a schema without what goes along with it here."""
    metadata = {key: value for key, value in (schema.metadata or {}).items() if key != _KEY}
    return metadata or None


def batch_to_write(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch in the types of ``ParquetTypes.schema_to_write``."""
    if not any(isinstance(field.type, _Geometry) for field in schema):
        return batch
    columns = [
        pa.ExtensionArray.from_storage(field.type, column)
        if isinstance(field.type, _Geometry)
        else column
        for field, column in zip(schema, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _types_of(file: pq.ParquetFile, schema: pa.Schema) -> ParquetTypes:
    """Return the types that can be written again."""
    leaves = [file.schema.column(at) for at in range(len(file.schema))]
    types = [_logical(leaf) for leaf in leaves]
    times = [each.get(_IN_UTC) for each in types if each.get("Type") == "Time"]
    decimals = [
        leaf.physical_type.startswith("INT")
        for leaf, each in zip(leaves, types, strict=True)
        if each.get("Type") == "Decimal"
    ]
    return ParquetTypes(
        tuple(_geometries(types, schema)),
        times_in_utc=bool(times) and all(times),
        integer_decimals=any(decimals),
    )


def _geometries(types: list[dict[str, Any]], schema: pa.Schema) -> Iterator[GeometryAt]:
    first = 0
    for at, field in enumerate(schema):
        leaves = _leaves(field.type)
        logical = types[first] if first < len(types) else {}
        is_plain = logical.get("Type") == _PLANE or (
            logical.get("Type") == _SPHERE and logical.get("algorithm", "spherical") == "spherical"
        )
        if leaves == 1 and is_plain and _is_bytes(field.type):
            yield GeometryAt(at, str(logical.get("crs", "")), logical["Type"] == _SPHERE)
        first += leaves


def _lost(
    file: pq.ParquetFile, schema: pa.Schema, types: ParquetTypes
) -> Iterator[tuple[str, str]]:
    """Yield columns whose types differ in a file that is written of the schema."""
    sink = io.BytesIO()
    try:
        pq.ParquetWriter(sink, types.schema_to_write(schema), **types.options).close()
    except (pa.ArrowException, ValueError, NotImplementedError):
        return  # told when rows are written
    again = pq.ParquetFile(sink).schema
    for at in range(min(len(file.schema), len(again))):
        before, written = file.schema.column(at), again.column(at)
        if (type_before := _logical(before)) and type_before != _logical(written):
            yield before.path, _shown(type_before)
    variants = [_VARIANT.findall(str(each)) for each in (file.schema, again)]
    for name in variants[0]:
        if name not in variants[1]:
            yield name, "VARIANT"


def _logical(leaf: Any) -> dict[str, Any]:
    """Return a column's logical type, without what says only how it was written; {} for none."""
    logical: dict[str, Any] = orjson.loads(leaf.logical_type.to_json())
    is_plain_integer = logical.get("Type") == "Int" and logical.get("isSigned")
    if logical.get("Type") == "None" or (is_plain_integer and logical["bitWidth"] >= 32):  # noqa: PLR2004 - bits that need no sign
        return {}
    return {key: value for key, value in logical.items() if key not in _OF_CONVERTED}


def _shown(logical: dict[str, Any]) -> str:
    zone = " WITH TIME ZONE" if logical["Type"] == "Time" and logical.get(_IN_UTC) else ""
    return f"{logical['Type'].upper()}{zone}"


def _leaves(kind: pa.DataType) -> int:
    """Return how many columns of Parquet a column of Arrow is."""
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if not kind.num_fields:
        return 1
    return sum(_leaves(kind.field(at).type) for at in range(kind.num_fields))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
