"""A folder that is written by many tasks: whole when it is there, or not there at all."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from uuid import uuid4

from pyarrow.fs import FileType

from zones.errors import BulkError
from zones.spark.cluster_faults import file_faults
from zones.spark.locations import Location
from zones.streams.coordinates_to_answers import Summary

TEMPORARY: Final = "_temporary"
_MOVED_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Written:
    """A file that an attempt at a task wrote; it counts if the driver heard of it."""

    temporary: str
    name: str
    summary: Summary


def temporary_name(target: Location) -> str:
    """Return a path that no other attempt writes to."""
    return target.inside(f"{TEMPORARY}/{uuid4().hex}.parquet")


@contextmanager
def new_folder(target: Location) -> Iterator[None]:
    """Make the folder for the block; in every outcome but success it is removed.

    Raises
    ------
    BulkError
        It exists already, or cannot be made.
    """
    with file_faults("spark-target-unwritable", target.name):
        if target.kind != FileType.NotFound:
            raise BulkError("spark-in-the-way", name=target.name[-200:])
        target.files.create_dir(target.inside(TEMPORARY))
    try:
        yield
    except BaseException:
        with suppress(OSError):
            target.files.delete_dir(target.path)
        raise


def commit(target: Location, written: Iterable[Written]) -> Summary:
    """Give the files their names and end with ``_SUCCESS``; return how many rows lie where.

    What other attempts wrote, of workers that were lost or were only slow, is removed.

    Raises
    ------
    BulkError
        A file is not there, as where machines do not share a disk, or cannot be moved.
    """
    results = list(written)
    with file_faults("spark-target-unwritable", target.name):
        _move(target, results)
        with suppress(OSError):  # a lost attempt may be writing there still
            target.files.delete_dir(target.inside(TEMPORARY))
        with target.files.open_output_stream(target.inside("_SUCCESS")):
            pass
    return sum((each.summary for each in results), Summary())


def _move(target: Location, written: Sequence[Written]) -> None:
    for folder in sorted({PurePosixPath(each.name).parent for each in written}):
        if folder.parts:
            target.files.create_dir(target.inside(str(folder)))

    def move(each: Written) -> None:
        target.files.move(each.temporary, target.inside(each.name))

    with ThreadPoolExecutor(_MOVED_AT_ONCE) as pool:
        list(pool.map(move, written))
