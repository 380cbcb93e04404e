"""Files and folders that every machine of a cluster opens by itself, without Spark."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
from pyarrow.fs import FileSystem, FileType, LocalFileSystem, S3FileSystem
from pyspark.sql import SparkSession

from zones.spark.cluster_faults import spark_faults

_LOCAL: Final = "file"
_GLOB: Final = frozenset("*?[{")
_AS_S3: Final = frozenset({"s3", "s3a", "s3n"})
_S3_SETTINGS: Final = {
    "access.key": "access_key",
    "secret.key": "secret_key",
    "session.token": "session_token",
    "endpoint": "endpoint_override",
    "endpoint.region": "region",
}
_NO_WAY: Final = (pa.ArrowException, OSError, ImportError, ValueError)


@dataclass(frozen=True, slots=True)
class Location:
    """A path on a filesystem of Apache Arrow, and what people call it; goes to executors too."""

    files: FileSystem
    path: str
    name: str

    @property
    def kind(self) -> FileType:
        """What is there: a file, a directory or nothing."""
        return self.files.get_file_info(self.path).type

    def inside(self, name: str) -> str:
        """Return the path of what has a name in this folder."""
        return f"{self.path.rstrip('/')}/{name}"


def place_of(session: SparkSession, name: str) -> Location | None:
    """Return the place that Spark knows by a name, None if only Spark can open it.

    Names are Spark's. Patterns such as ``*.parquet`` are left to it; those without a scheme are
    of the filesystem that is its default. Disks of this machine are taken for shared by all; of
    any other place an executor is asked whether it can open it.
    """
    if _GLOB & set(name):
        return None
    with spark_faults(name):
        scheme, authority, path = _parts(session, name)
    if scheme == _LOCAL:
        return Location(LocalFileSystem(), path, name)
    try:
        files, base = _remote(session, scheme, authority)
        place = Location(files, f"{base.rstrip('/')}/{path.strip('/')}", name)
        _ = place.kind
    except _NO_WAY:
        return None
    return place if _opens_on_executor(session, place) else None


def _parts(session: SparkSession, name: str) -> tuple[str, str, str]:
    """Return scheme, authority and path of a name."""
    settings = _hadoop(session)
    if "://" not in name and not name.startswith("file:"):
        if str(settings("fs.defaultFS")).startswith("file:"):
            return _LOCAL, "", os.path.abspath(name)
        name = _of_default(session, name)
    scheme, _, rest = name.partition(":")
    if rest.startswith("//"):
        authority, _, path = rest[2:].partition("/")
        return scheme, authority, f"/{path}"
    return scheme, "", rest


def _hadoop(session: SparkSession) -> Callable[[str], Any]:
    """Return what tells settings of Hadoop."""
    configuration: Any = session.sparkContext._jsc.hadoopConfiguration()
    setting: Callable[[str], Any] = configuration.get
    return setting


def _of_default(session: SparkSession, name: str) -> str:
    """Return a name with the scheme and the folder that Hadoop adds."""
    context: Any = session.sparkContext
    path = context._jvm.org.apache.hadoop.fs.Path(name)
    files = path.getFileSystem(context._jsc.hadoopConfiguration())
    return str(files.makeQualified(path).toString())


def _remote(session: SparkSession, scheme: str, authority: str) -> tuple[FileSystem, str]:
    """Return a filesystem and the path of its root."""
    if scheme in _AS_S3:
        if settings := s3_settings(_hadoop(session)):
            return S3FileSystem(**settings), authority
        scheme = "s3"
    files, base = FileSystem.from_uri(f"{scheme}://{authority}/")
    return files, base


def s3_settings(setting: Callable[[str], Any]) -> dict[str, Any]:
    """Return what Hadoop is told of S3, in the words of Apache Arrow; nothing if it is not."""
    configured = {own: setting(f"fs.s3a.{name}") for name, own in _S3_SETTINGS.items()}
    settings: dict[str, Any] = {own: str(value) for own, value in configured.items() if value}
    if "endpoint_override" in settings:
        settings["force_virtual_addressing"] = setting("fs.s3a.path.style.access") != "true"
        if setting("fs.s3a.connection.ssl.enabled") == "false":
            settings["scheme"] = "http"
    return settings


def _opens_on_executor(session: SparkSession, place: Location) -> bool:
    """Return whether an executor's Python can open the place as this machine's can."""

    def opens(_: int) -> bool:
        try:
            _ = place.kind
        except _NO_WAY:
            return False
        return True

    with spark_faults(place.path):
        return session.sparkContext.parallelize([0], 1).map(opens).collect() == [True]
