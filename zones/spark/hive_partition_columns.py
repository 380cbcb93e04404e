"""Columns that rows have of their folders' names, such as ``day=2024-05-01``, as they were meant.

Programs write what a folder may not be called as ``%2F``: Hive and Spark a few characters alone,
DuckDB every byte that is not ASCII. Spark reads each such byte as a character of its own (Latin-1).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from pyspark.sql import DataFrame

_GLOB: Final = frozenset("*?[{")


def base_of(pattern: str) -> str | None:
    """Return the folder whose folders' names are columns, None for what is no pattern.

    Of a pattern those that it names are columns too.

    Examples
    --------
    >>> base_of("/points/day=*/*.parquet"), base_of("points/year=2024/month=*"), base_of("points")
    ('/points', 'points', None)
    """
    if not _GLOB & set(pattern):
        return None
    parts = pattern.split("/")
    first = next(at for at, part in enumerate(parts) if _GLOB & set(part) or "=" in part)
    return "/".join(parts[:first]) or ("/" if pattern.startswith("/") else ".")


def as_read_by_spark(part: str) -> str:
    """Return a part of a folder's name as Spark reads it: each ``%E5`` as one character.

    Examples
    --------
    >>> as_read_by_spark("%C3%A9=1%2F2%zz")
    'Ã©=1/2%zz'
    """
    return unquote(part, encoding="latin-1")


def as_meant(part: str) -> str:
    """Return a part of a folder's name as it was meant; bytes that are no UTF-8 as Spark has them.

    Examples
    --------
    >>> as_meant("%E5%8C%BA=1%2F2"), as_meant("%E9")
    ('区=1/2', 'é')
    """
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError:
        return as_read_by_spark(part)


def folders_of(files: Iterable[str]) -> list[tuple[str, str]]:
    """Return names and values of folders, as they are written, of files by their addresses."""
    found: dict[tuple[str, str], None] = {}
    for file in files:
        path = unquote(urlsplit(file).path)
        for part in path.split("/")[:-1]:
            name, mark, value = part.partition("=")
            if mark:
                found[name, value] = None
    return list(found)


def with_partitions_as_meant(points: DataFrame, names: Sequence[str]) -> DataFrame:
    """Return the rows with their folders' columns called, and filled, as they were meant."""
    folders = folders_of(points.inputFiles())
    for name in names:
        meant = {as_meant(own) for own, _ in folders if as_read_by_spark(own) == name}
        values: dict[Any, Any] = {
            as_read_by_spark(value): as_meant(value)
            for own, value in folders
            if as_read_by_spark(own) == name and as_read_by_spark(value) != as_meant(value)
        }
        if values:
            points = points.replace(values, subset=[name])
        if len(meant) == 1 and (own := meant.pop()) != name and own not in points.columns:
            points = points.withColumnRenamed(name, own)
    return points
