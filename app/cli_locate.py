"""``zones locate``: where one point lies, or all points of a file."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Literal

import orjson
import typer

from app.cli_files import SOURCE_SUFFIXES, cores, form_of, reading, source_file, writing
from app.cli_spark import Asked, locate_on_cluster
from app.cli_store import JsonFlag, StoreOption, current_snapshot, settings_with
from app.jobs import limits_of
from app.points import collection_ids
from app.screen import complaints, print_json, progress_bar
from app.settings import Settings
from zones.bulk.answers import build_bulk_locator
from zones.bulk.columns import COLUMN_NAMES, Columns, parse_columns
from zones.bulk.csv_dialect import CSVOptions
from zones.bulk.placing import Summary, Task
from zones.crs import CRS, check_xy, parse_crs, to_storage_xy
from zones.errors import BulkError
from zones.locator import build_locator
from zones.lookup.members import asked_members, members_json

Form = Literal["csv", "geojson", "arrow", "parquet"]
ROWS_AT_FAULT: Final = 2
_PAIR: Final = 2


def add_locate(cli: typer.Typer) -> None:
    """Add the command of this module."""
    cli.command("locate")(locate)


def locate(
    place: Annotated[
        list[str],
        typer.Argument(
            metavar="X Y | FILE", help="一点的坐标，或文件（- 为标准输入）/ a point, or a file"
        ),
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", help="结果，- 为标准输出 / - for standard output")
    ] = "-",
    crs: Annotated[
        str | None, typer.Option(help="坐标系，缺省 CRS84 或文件自带 / EPSG:4550, gcj02, bd09 …")
    ] = None,
    columns: Annotated[
        str | None, typer.Option(help=f"结果列 / columns: {','.join(COLUMN_NAMES)}")
    ] = None,
    collections: Annotated[
        str, typer.Option(help="还要查找的集合，逗号分隔 / further collections of areas")
    ] = "",
    x_column: Annotated[str | None, typer.Option(help="经度列 / column of longitude")] = None,
    y_column: Annotated[str | None, typer.Option(help="纬度列 / column of latitude")] = None,
    given_form: Annotated[
        Form | None, typer.Option("--from", help="输入格式，缺省由后缀 / by default by the suffix")
    ] = None,
    wanted_form: Annotated[
        Form | None, typer.Option("--to", help="输出格式，缺省由后缀 / by default by the suffix")
    ] = None,
    delimiter: Annotated[str | None, typer.Option(help="CSV 分隔符 / delimiter")] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8 | gb18030")] = None,
    layer: Annotated[str | None, typer.Option(help="文件内图层 / layer in the file")] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="进程数，缺省为全部核 / by default all cores")
    ] = None,
    engine: Annotated[
        Literal["local", "spark"],
        typer.Option(help="本机或 Spark 集群 / here or on a cluster"),
    ] = "local",
    master: Annotated[
        str | None, typer.Option(help="spark://host:7077 | yarn | k8s://https://… | local[4]")
    ] = None,
    conf: Annotated[
        list[str] | None, typer.Option(help="Spark 配置，可多次 / KEY=VALUE for Spark, repeatable")
    ] = None,
    store: StoreOption = None,
    as_json: JsonFlag = False,
) -> None:
    """某点或某文件中各点属于哪个区 / which zone is this, or are these.

    CSV（所有核）、GeoJSON、Arrow、Parquet 以流读写；shapefile、GeoPackage、KML 等按导入的方式读取。
    CSV (on all cores), GeoJSON, Arrow and Parquet are streamed; shapefiles, GeoPackages and the
    like are read as imports are.

    退出码 / exit code: 0 全部有结果 / all answered; 2 有行无法回答 / some rows at fault;
    1 不可用 / unusable.
    """
    settings = settings_with(store=store)
    if len(place) == _PAIR:
        return locate_point(settings, *place, crs=parse_crs(crs or "CRS84"), further=collections)
    if len(place) != 1:
        raise BulkError("bulk-place-unknown", given=" ".join(place)[:80])
    (file,) = place
    if engine == "spark":
        asked = Asked(x=x_column, y=y_column, crs=crs or "CRS84", columns=columns)
        locator = current_snapshot(settings).derived(build_bulk_locator)
        summary = locate_on_cluster(locator, file, output, asked, master=master, conf=conf or ())
    else:
        options = CSVOptions(x_column, y_column, delimiter, encoding)
        job = FileJob(file, output, given_form, wanted_form, crs, layer, options, collections)
        told = Columns() if columns is None else parse_columns(columns)
        summary = job.run(settings, told, processes or cores())
    tell(summary, as_json=as_json)
    raise typer.Exit(ROWS_AT_FAULT if summary.rows_at_fault else 0)


def locate_point(settings: Settings, x: str, y: str, *, crs: CRS, further: str) -> None:
    """Print where one point lies."""
    try:
        pair = float(x), float(y)
    except ValueError as error:
        raise BulkError("bulk-place-unknown", given=f"{x} {y}"[:80]) from error
    check_xy(*pair, crs)
    lon, lat = to_storage_xy(*pair, crs)
    snapshot = current_snapshot(settings)
    placement = snapshot.derived(build_locator).locate(float(lon), float(lat), given=crs)
    members = asked_members(snapshot, collection_ids(further))
    (held,) = members_json(members, [float(lon)], [float(lat)])
    print_json(placement.as_json() | held)


@dataclass(frozen=True, slots=True)
class FileJob:
    """A file to be answered on this machine, and what is said of it; None is found out."""

    file: str
    output: str
    given_form: Form | None
    wanted_form: Form | None
    crs: str | None
    layer: str | None
    options: CSVOptions
    further: str = ""

    def run(self, settings: Settings, columns: Columns, processes: int) -> Summary:
        """Write the answers; return how many rows lie where."""
        crs = parse_crs(self.crs or "CRS84")
        is_source = self.given_form is None and Path(self.file).suffix.lower() in SOURCE_SUFFIXES
        given = "source" if is_source else self.given_form or form_of(self.file)
        usual = "csv" if is_source else given
        wanted = self.wanted_form or (usual if self.output == "-" else form_of(self.output))
        snapshot = current_snapshot(settings)
        locator = snapshot.derived(build_bulk_locator)
        members = tuple(asked_members(snapshot, collection_ids(self.further)))
        columns = replace(columns, members=tuple(each.collection_id for each in members))
        if is_source:
            task = Task(locator, CRS.EPSG_4490, columns, members=members)
            return self._answer_source(settings, wanted, task)
        task = Task(locator, crs, columns, members=members)
        with reading(self.file) as pieces, writing(self.output) as target:
            return answered((given, wanted), task, self.options, pieces, target, processes)

    def _answer_source(self, settings: Settings, wanted: str, task: Task) -> Summary:
        from zones.bulk.source_points import open_points, read_points
        from zones.sources.reading import ReadRequest

        request = ReadRequest(
            crs=self.crs,
            encoding=self.options.encoding,
            layer=self.layer,
            kinds=frozenset({"point"}),
        )
        with source_file(self.file) as path, progress_bar() as progress:
            features = read_points(
                path,
                request,
                limits_of(settings),
                progress=lambda share: progress("读取 / reading", share),
            )
        stream = open_points(features, wanted, task)
        with writing(self.output) as target:
            for told in stream.end():
                target.write(told)
        return stream.tally.summary(task.locator.answers)


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
