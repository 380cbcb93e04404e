"""Which form of stream takes which form of points, from ourselves and from anybody."""

from functools import partial

from zones.errors import BulkError
from zones.sandbox.limits import Limits
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_stream import CSVStream
from zones.streams.geojson_stream import GeoJSONStream
from zones.streams.parquet_apart import ParquetApartReader
from zones.streams.question import PointQuestion
from zones.streams.stream import PointStream
from zones.streams.table_streams import TableStream, reader_of
from zones.streams.workbooks import WorkbookStream


def open_stream(
    given: str, wanted: str, *, task: PointQuestion, options: CSVOptions
) -> PointStream:
    """Return a stream that takes points in the form ``given`` and answers in ``wanted``.

    For a user's own files: a Parquet file is read in this process.

    Raises
    ------
    BulkError
        ``bulk-form-pair``: answers to that form are not given in the other one.
    """
    stream = _text_stream(given, wanted, task, options)
    if stream is not None:
        return stream
    return TableStream(reader_of(given, options, task.given), wanted, task=task, options=options)


def open_foreign_stream(
    given: str, wanted: str, *, task: PointQuestion, options: CSVOptions, limits: Limits
) -> PointStream:
    """Return the same for bytes from anybody: Parquet and workbooks are read apart, with limits."""
    if given == "workbook":
        if wanted == "geojson":
            raise BulkError("bulk-form-pair", given=given, wanted=wanted)
        return WorkbookStream(partial(_of_text, wanted, task), options, limits)
    stream = _text_stream(given, wanted, task, options)
    if stream is not None:
        return stream
    reader = (
        ParquetApartReader(limits) if given == "parquet" else reader_of(given, options, task.given)
    )
    return TableStream(reader, wanted, task=task, options=options)


def _of_text(wanted: str, task: PointQuestion, options: CSVOptions) -> PointStream:
    return open_stream("csv", wanted, task=task, options=options)


def _text_stream(
    given: str, wanted: str, task: PointQuestion, options: CSVOptions
) -> PointStream | None:
    """Return what answers a text in its own form; None for tables."""
    if (given, wanted) == ("csv", "csv"):
        return CSVStream(task, options)
    if (given, wanted) == ("geojson", "geojson"):
        return GeoJSONStream(task)
    if "geojson" in (given, wanted):
        raise BulkError("bulk-form-pair", given=given, wanted=wanted)
    return None
