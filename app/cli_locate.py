"""The command that tells where all points of a file lie, on all cores."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import orjson
import typer

from app.cli_store import JsonFlag, StoreOption, opened, settings_with
from app.screen import complaints, progress_bar
from zones.bulk.answers import build_bulk_locator
from zones.bulk.columns import COLUMN_NAMES, Columns, parse_columns
from zones.bulk.csv_dialect import CSVOptions
from zones.bulk.placing import Summary, Task
from zones.crs import parse_crs
from zones.errors import BulkError
from zones.plan import load_plan
from zones.seed import seed_store
from zones.snapshot import SnapshotFollower

PIECE: Final = 4 * 2**20
ROWS_AT_FAULT: Final = 2
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


def add_locate_file(cli: typer.Typer) -> None:
    """Add the command of this module."""
    cli.command("locate-file")(locate_file)


def locate_file(  # noqa: PLR0913, PLR0917 - a command has as many options as it has
    file: Annotated[str, typer.Argument(help="文件，- 为标准输入 / file, - for standard input")],
    output: Annotated[
        str, typer.Option("--output", "-o", help="结果，- 为标准输出 / - for standard output")
    ] = "-",
    crs: Annotated[str, typer.Option(help="坐标系 / CRS: EPSG:4550, gcj02, bd09 …")] = "CRS84",
    columns: Annotated[
        str | None, typer.Option(help=f"结果列 / columns: {','.join(COLUMN_NAMES)}")
    ] = None,
    x_column: Annotated[str | None, typer.Option(help="经度列 / column of longitude")] = None,
    y_column: Annotated[str | None, typer.Option(help="纬度列 / column of latitude")] = None,
    delimiter: Annotated[str | None, typer.Option(help="CSV 分隔符 / delimiter")] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8 | gb18030")] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="进程数，缺省为全部核 / by default all cores")
    ] = None,
    store: StoreOption = None,
    as_json: JsonFlag = False,
) -> None:
    """某文件中各点属于哪个区 / which zones are these: CSV, GeoJSON, Arrow, Parquet.

    退出码 / exit code: 0 全部有结果 / all answered; 2 有行无法回答 / some rows at fault;
    1 文件不可用 / unusable.
    """
    asked = Columns() if columns is None else parse_columns(columns)
    given = parse_crs(crs)
    options = CSVOptions(x_column, y_column, delimiter, encoding)
    forms = (form_of(file), form_of(file if output == "-" else output))
    settings = settings_with(store=store)
    with opened(settings) as opened_store:
        seed_store(opened_store, settings.seed_dir)
        snapshot = SnapshotFollower(opened_store, load_plan(settings.seed_dir)).current()
    task = Task(snapshot.derived(build_bulk_locator), given, asked)
    with reading(file) as pieces, writing(output) as target:
        summary = answered(forms, task, options, pieces, target, processes or cores())
    tell(summary, as_json=as_json)
    raise typer.Exit(ROWS_AT_FAULT if summary.rows_at_fault else 0)


def answered(
    forms: tuple[str, str],
    task: Task,
    options: CSVOptions,
    pieces: Iterator[bytes],
    target: BinaryIO,
    processes: int,
) -> Summary:
    """Write the answers to the pieces of a file; return what they were."""
    # Apache Arrow takes a tenth of a second to load, which other commands need not wait for.
    from zones.bulk.parallel import answer_csv
    from zones.bulk.streams import open_stream

    if forms == ("csv", "csv") and processes > 1:
        return answer_csv(task, options, pieces, target, processes=processes)
    stream = open_stream(*forms, task=task, options=options)
    for piece in pieces:
        for told in stream.add(piece):
            target.write(told)
    for told in stream.end():
        target.write(told)
    return stream.tally.summary(task.locator.answers)


def form_of(name: str) -> str:
    """Return the form of a file by its name; standard input is CSV.

    Raises
    ------
    BulkError
        ``bulk-form-unknown``.
    """
    if name == "-":
        return "csv"
    suffix = Path(name).suffix.lower()
    if suffix not in FORMS:
        raise BulkError("bulk-form-unknown", name=Path(name).name[:80], known=", ".join(FORMS))
    return FORMS[suffix]


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def reading(name: str) -> Iterator[Iterator[bytes]]:
    """Give the pieces of a file; a bar shows how much of it was read."""
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
        file = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False)  # noqa: SIM115
    except OSError as error:
        raise BulkError("bulk-file-unwritable", name=name[:200]) from error
    try:
        with file:
            yield file.file  # type: ignore[misc]
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)
    except BaseException:
        Path(file.name).unlink(missing_ok=True)
        raise


def tell(summary: Summary, *, as_json: bool) -> None:
    """Print the counts to standard error: standard output may hold the answers."""
    if as_json:
        typer.echo(orjson.dumps(summary.as_json(), option=orjson.OPT_INDENT_2), err=True)
        return
    complaints.print(f"{summary.rows:,} 行 / rows, {summary.rows_at_fault:,} 行有误 / at fault")
    for zone, count in sorted(summary.zones.items(), key=lambda item: -item[1]):
        complaints.print(f"  {count:>12,}  {zone or '不在任何区 / in no zone'}", markup=False)
    for code, count in summary.faults.items():
        complaints.print(f"  {count:>12,}  {code}", markup=False)
