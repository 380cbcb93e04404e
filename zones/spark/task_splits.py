"""What a Parquet file or folder is cut into, each piece answered by one task at a time."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import pyarrow.parquet as pq
from pyarrow.fs import FileInfo, FileSelector, FileSystem, FileType

from zones.errors import BulkError
from zones.spark.cluster_faults import file_faults
from zones.spark.hive_partition_columns import as_meant
from zones.spark.locations import Location

PIECE_BYTES: Final = 128 * 2**20
"""A file of that size is one piece, and becomes one file."""
_OPENED_AT_ONCE: Final = 16

Groups = tuple[int, ...] | None
"""Row groups of a file by their numbers; None for all."""


@dataclass(frozen=True, slots=True)
class FileSplit:
    """A file, or some of its row groups.

    ``path`` is where it is read, ``name`` what it becomes in the target's folder.
    """

    path: str
    name: str
    groups: Groups = None

    @property
    def folders(self) -> tuple[str, ...]:
        """The columns that its rows have of their folders' names, such as ``day=2024-05-01``."""
        parents = PurePosixPath(self.name).parent.parts
        return tuple(as_meant(part.partition("=")[0]) for part in parents if "=" in part)


def pieces_of(source: Location) -> list[FileSplit]:
    """Return the pieces of a Parquet file, or of all files in a folder and its folders.

    Files and folders whose names begin with ``_`` or ``.`` are left out, as in Spark. The rows
    of a piece follow those of the piece before it in the same file.

    Raises
    ------
    BulkError
        There is no Parquet file, or a large one cannot be read.
    """
    with file_faults("spark-source-unreadable", source.name):
        found = sorted(_files(source), key=lambda each: each[1])
    if not found:
        raise BulkError("bulk-file-unreadable", name=source.name[-200:])
    with ThreadPoolExecutor(_OPENED_AT_ONCE) as pool:
        runs = pool.map(lambda each: _runs_of(source.files, each[0]), found)
        return list(_named(found, runs))


def _files(source: Location) -> Iterator[tuple[FileInfo, str]]:
    """Yield the files with their names relative to the folder."""
    root = source.files.get_file_info(source.path)
    if root.type == FileType.File:
        yield root, root.base_name
    if root.type != FileType.Directory:
        return
    for each in source.files.get_file_info(FileSelector(source.path, recursive=True)):
        name = PurePosixPath(each.path).relative_to(PurePosixPath(source.path))
        if each.type == FileType.File and not any(map(_is_hidden, name.parts)):
            yield each, str(name)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or (name.startswith("_") and "=" not in name)


def _runs_of(files: FileSystem, file: FileInfo) -> list[Groups]:
    """Return the row groups of each piece of a file; only large ones are opened for that."""
    if file.size <= PIECE_BYTES:
        return [None]
    with file_faults("spark-source-unreadable", file.path):
        footer = pq.read_metadata(file.path, filesystem=files)
    return list(_runs([_compressed_bytes(footer, at) for at in range(footer.num_row_groups)]))


def _named(
    found: Sequence[tuple[FileInfo, str]], runs: Iterable[list[Groups]]
) -> Iterator[FileSplit]:
    """Yield the pieces; a file that becomes several does not take another one's name."""
    taken = {name for _, name in found}
    for (file, name), own in zip(found, runs, strict=True):
        names = [name] if len(own) == 1 else _free_names(PurePosixPath(name), len(own), taken)
        taken.update(names)
        for file_name, groups in zip(names, own, strict=True):
            yield FileSplit(file.path, file_name, groups)


def _free_names(name: PurePosixPath, count: int, taken: set[str]) -> list[str]:
    marks = ("-" * length for length in itertools.count(1))
    for mark in marks:
        names = [str(name.with_stem(f"{name.stem}{mark}{at:05}")) for at in range(count)]
        if taken.isdisjoint(names):
            break
    return names


def _compressed_bytes(footer: pq.FileMetaData, group: int) -> int:
    columns = footer.row_group(group)
    return sum(columns.column(at).total_compressed_size for at in range(columns.num_columns))


def _runs(sizes: list[int]) -> Iterator[Groups]:
    """Yield runs of row groups, each as long as it is not larger than a piece."""
    run: list[int] = []
    run_bytes = 0
    for group, size in enumerate(sizes):
        if run and run_bytes + size > PIECE_BYTES:
            yield tuple(run)
            run, run_bytes = [], 0
        run.append(group)
        run_bytes += size
    yield tuple(run)
