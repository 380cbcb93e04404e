"""``zones locate``: where one point lies, or all points of a file."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

import orjson
import typer

from app.cli import locate_options as options
from app.cli.console import complaints, print_json, progress_bar
from app.cli.locate_on_spark import ClusterJob, QuestionFields
from app.cli.locate_options import Form
from app.cli.point_files import (
    SOURCE_SUFFIXES,
    WORKBOOK_SUFFIXES,
    cores,
    form_of,
    reading,
    source_file,
    writing,
)
from app.cli.store_options import JsonFlag, StoreOption, current_snapshot, settings_with
from app.imports.import_limits import limits_of
from app.locate.read_points import collection_ids
from app.settings import Settings
from zones.crs.transform import CRS, check_xy, parse_crs, to_storage_xy
from zones.errors import BulkError
from zones.lookup.bulk_locator import build_bulk_locator
from zones.lookup.containing_features import members_json, requested_members
from zones.lookup.locator import build_locator
from zones.messages import say
from zones.streams.answer_column_names import ColumnSelection, parse_columns
from zones.streams.coordinates_to_answers import PointQuestion, Summary
from zones.streams.csv_options import CSVOptions

ROWS_AT_FAULT: Final = 2
_PAIR: Final = 2
_LANGS: Final = ("zh", "en")


def add_locate(cli: typer.Typer) -> None:
    """Add the command of this module."""
    cli.command("locate")(locate)


def locate(
    place: options.Place,
    output: options.Output = "-",
    crs: options.GivenCRS = None,
    columns: options.AnswerColumns = None,
    collections: options.Collections = "",
    x_column: options.XColumn = None,
    y_column: options.YColumn = None,
    input_form: options.GivenForm = None,
    requested_form: options.WantedForm = None,
    delimiter: options.Delimiter = None,
    encoding: options.Encoding = None,
    layer: options.Layer = None,
    processes: options.Processes = None,
    engine: options.Engine = "local",
    master: options.Master = None,
    conf: options.Conf = None,
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
        words = QuestionFields(x=x_column, y=y_column, crs=crs, columns=columns)
        cluster = ClusterJob(file, output, words, collections, master, conf or ())
        summary = cluster.run(current_snapshot(settings))
    else:
        csv = CSVOptions(x_column, y_column, delimiter, encoding, is_crs_stated=crs is not None)
        job = FileJob(file, output, input_form, requested_form, crs, layer, csv, collections)
        columns_of_answer = ColumnSelection() if columns is None else parse_columns(columns)
        summary = job.run(settings, columns_of_answer, processes or cores())
    print_summary(summary, as_json=as_json)
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
    placement = snapshot.derived(build_locator).locate(float(lon), float(lat), source_crs=crs)
    members = requested_members(snapshot, collection_ids(further))
    (memberships,) = members_json(members, [float(lon)], [float(lat)])
    print_json(placement.as_json() | memberships)


@dataclass(frozen=True, slots=True)
class FileJob:
    """A file to be answered on this machine, and what is said of it; None is found out."""

    file: str
    output: str
    input_form: Form | None
    requested_form: Form | None
    crs: str | None
    layer: str | None
    options: CSVOptions
    further: str = ""

    def run(self, settings: Settings, columns: ColumnSelection, processes: int) -> Summary:
        """Write the answers; return how many rows lie where."""
        crs = parse_crs(self.crs or "CRS84")
        suffix = Path(self.file).suffix.lower()
        is_source = self.input_form is None and suffix in SOURCE_SUFFIXES
        input_format = "source" if is_source else self.input_form or form_of(self.file)
        usual = "csv" if is_source else input_format
        output_format = self.requested_form or (
            usual if self.output == "-" else form_of(self.output)
        )
        snapshot = current_snapshot(settings)
        locator = snapshot.derived(build_bulk_locator)
        members = tuple(requested_members(snapshot, collection_ids(self.further)))
        columns = replace(columns, members=tuple(each.collection_id for each in members))
        if is_source and suffix in WORKBOOK_SUFFIXES and output_format != "geojson":
            task = PointQuestion(locator, crs, columns, members=members)
            return self._answer_workbook(settings, output_format, task)
        if is_source:
            task = PointQuestion(locator, CRS.EPSG_4490, columns, members=members)
            return self._answer_source(settings, output_format, task)
        task = PointQuestion(locator, crs, columns, members=members)
        if (input_format, output_format) == ("parquet", "parquet") and Path(self.file).is_file():
            from zones.streams.parquet_append_columns import open_beside

            if (beside := open_beside(Path(self.file), task, self.options)) is not None:
                with writing(self.output) as target, progress_bar() as progress:
                    on_progress = partial(progress, "查询 / locating")
                    return beside.write(target, threads=processes, progress=on_progress)
        with reading(self.file) as pieces, writing(self.output) as target:
            return answered(
                (input_format, output_format), task, self.options, pieces, target, processes
            )

    def _answer_workbook(
        self, settings: Settings, output_format: str, task: PointQuestion
    ) -> Summary:
        """Answer the rows of a sheet, the one that the option names a layer."""
        from app.locate.stream_batches import AT_WORK_S, batch_limits
        from zones.streams.choose_stream import open_foreign_stream

        options = replace(self.options, sheet=self.layer)
        limits = batch_limits(settings)
        stream = open_foreign_stream(
            "workbook", output_format, task=task, options=options, limits=limits
        )
        with reading(self.file) as pieces, writing(self.output) as target:
            for piece in pieces:
                target.writelines(stream.add(piece))
            for answer in stream.end():
                target.write(answer)
                if not answer:  # another process is still reading
                    time.sleep(AT_WORK_S)
        return stream.tally.summary(task.locator.answers)

    def _answer_source(
        self, settings: Settings, output_format: str, task: PointQuestion
    ) -> Summary:
        from zones.ingest.read_source import ReadRequest
        from zones.streams.gis_file_points import open_points, read_points

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
        stream = open_points(features, output_format, task)
        with writing(self.output) as target:
            for piece in stream.end():
                target.write(piece)
        return stream.tally.summary(task.locator.answers)


def answered(
    forms: tuple[str, str],
    task: PointQuestion,
    options: CSVOptions,
    pieces: Iterator[bytes],
    target: BinaryIO,
    processes: int,
) -> Summary:
    """Write the answers to the pieces of a file; return what they were."""
    # Apache Arrow takes a tenth of a second to load, which other commands need not wait for.
    from zones.streams.choose_stream import open_stream
    from zones.streams.csv_parallel import answer_csv
    from zones.streams.table_streams import TableStream

    if forms == ("csv", "csv") and processes > 1:
        return answer_csv(task, options, pieces, target, processes=processes)
    stream = open_stream(*forms, task=task, options=options)
    if isinstance(stream, TableStream) and processes > 1:
        target.writelines(stream.all(pieces))
        return stream.tally.summary(task.locator.answers)
    for piece in pieces:
        for answer in stream.add(piece):
            target.write(answer)
    for answer in stream.end():
        target.write(answer)
    return stream.tally.summary(task.locator.answers)


def print_summary(summary: Summary, *, as_json: bool) -> None:
    """Print the counts to standard error: standard output may hold the answers."""
    if as_json:
        typer.echo(orjson.dumps(summary.as_json(), option=orjson.OPT_INDENT_2), err=True)
        return
    complaints.print(f"{summary.rows:,} 行 / rows, {summary.rows_at_fault:,} 行有误 / at fault")
    for zone, count in sorted(summary.zones.items(), key=lambda item: -item[1]):
        complaints.print(f"  {count:>12,}  {zone or '不在任何区 / in no zone'}", markup=False)
    for code, count in summary.faults.items():
        complaints.print(f"  {count:>12,}  {code}", markup=False)
    for note in summary.remarks:
        for lang in _LANGS:
            complaints.print(str(say(note.code, lang, **note.params)), markup=False)
