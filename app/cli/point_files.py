"""Files of points on the command line: which form they have, read and written piece by piece."""

import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from app.cli.console import progress_bar
from zones.errors import BulkError

PIECE: Final = 4 * 2**20
FORMS: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".arrows": "arrow",
    ".arrow": "arrow",
    ".geojson": "geojson",
    ".geojsonl": "geojson",
}
WORKBOOK_SUFFIXES: Final = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods"})
"""Of workbooks, whose rows are answered one by one, as those of CSV are."""
SOURCE_SUFFIXES: Final = frozenset(
    {
        *(".shp", ".zip", ".gpkg", ".kml", ".kmz", ".ovkml", ".ovkmz", ".fgb"),
        *WORKBOOK_SUFFIXES,
        *(".dat", ".gpx", ".ovjsn", ".wt"),
    }
)
"""Of files that are read as imports are, whole and in a process of their own."""
SHAPEFILE_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".cst")


def form_of(name: str) -> str:
    """Return the form of a file by its name; standard input is CSV.

    Raises
    ------
    BulkError
        ``bulk-form-unknown``, ``bulk-folder``.
    """
    if Path(name).is_dir():
        raise BulkError("bulk-folder", name=name[-200:])
    if name == "-":
        return "csv"
    suffix = Path(name).suffix.lower()
    if suffix not in FORMS:
        known = ", ".join([*FORMS, *sorted(SOURCE_SUFFIXES)])
        raise BulkError("bulk-form-unknown", name=Path(name).name[:80], known=known)
    return FORMS[suffix]


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def reading(name: str) -> Iterator[Iterator[bytes]]:
    """Give the pieces of a file; a bar shows how far they are read."""
    if name == "-":
        yield iter(lambda: sys.stdin.buffer.read(PIECE), b"")
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise BulkError("bulk-file-unreadable", name=name[:200]) from error
    with file, progress_bar() as progress:
        size = max(1, os.fstat(file.fileno()).st_size)

        def pieces() -> Iterator[bytes]:
            while piece := file.read(PIECE):
                yield piece
                progress("查询 / locating", file.tell() / size)

        yield pieces()


@contextmanager
def writing(name: str) -> Iterator[BinaryIO]:
    """Give a file to write to; it gets its name when it is whole."""
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    try:
        file = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False)  # noqa: SIM115 - closed by its user
    except OSError as error:
        raise BulkError("bulk-file-unwritable", name=name[:200]) from error
    try:
        with file:
            yield file.file  # type: ignore[misc]  # the binary file inside
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)
    except BaseException:
        Path(file.name).unlink(missing_ok=True)
        raise


@contextmanager
def source_file(name: str) -> Iterator[Path]:
    """Give a file as imports take it: a shapefile's parts in one archive, others as they are."""
    path = Path(name)
    if not path.is_file():
        raise BulkError("bulk-file-unreadable", name=name[:200])
    if path.suffix.lower() != ".shp":
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="zones-") as folder:
        archive = Path(folder, f"{path.stem}.zip")
        with zipfile.ZipFile(archive, "w") as target:
            for part in sorted(path.parent.iterdir()):
                if part.stem == path.stem and part.suffix.lower() in SHAPEFILE_PARTS:
                    target.write(part, part.name)
        yield archive
