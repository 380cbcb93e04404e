"""What the footer of a Parquet file says, read by Java wherever Spark can open the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import SparkSession

from zones.formats.geoparquet.columns import GEO
from zones.model import JSON, Problem

_PLAIN: Final = frozenset({"None", "INTEGER(32,true)", "INTEGER(64,true)", "LIST", "MAP"})
_SHOWN: Final = 400


@dataclass(frozen=True, slots=True)
class FooterMetadata:
    """The logical types of columns by their path, and GeoParquet's metadata, if there are any."""

    types: Mapping[str, str]
    metadata: Mapping[bytes, bytes]

    def notes(self, written: "FooterMetadata") -> Iterator[Problem]:
        """Yield what to tell of what another file lacks that was written of this one."""
        lost = [
            f"{name} ({kind})"
            for name, kind in self.types.items()
            if kind not in _PLAIN and written.types.get(name) != kind
        ]
        if lost:
            params: dict[str, JSON] = {"count": len(lost), "columns": ", ".join(lost)[:_SHOWN]}
            yield Problem("parquet-types-lost", params, "warning")
        if self.metadata.keys() - written.metadata.keys():
            yield Problem("spark-metadata-lost", {}, "warning")


def footer_of(session: SparkSession, file: str) -> FooterMetadata:
    """Return the footer of a file by its address, as ``DataFrame.inputFiles`` has it."""
    context: Any = session.sparkContext
    java, settings = context._jvm, context._jsc.hadoopConfiguration()
    path = java.org.apache.hadoop.fs.Path(java.java.net.URI(file))
    opened = java.org.apache.parquet.hadoop.util.HadoopInputFile.fromPath(path, settings)
    reader = java.org.apache.parquet.hadoop.ParquetFileReader.open(opened)
    try:
        metadata = reader.getFileMetaData()
        geo = metadata.getKeyValueMetaData().get(GEO.decode())
        types = dict(_types(metadata.getSchema()))
    finally:
        reader.close()
    return FooterMetadata(types, {} if geo is None else {GEO: geo.encode()})


def _types(schema: Any) -> Iterator[tuple[str, str]]:
    for field in schema.getFields():
        yield field.getName(), _shown(field)
    for column in schema.getColumns():
        yield ".".join(column.getPath()), _shown(column.getPrimitiveType())


def _shown(kind: Any) -> str:
    annotation = kind.getLogicalTypeAnnotation()
    return "None" if annotation is None else str(annotation.toString())
