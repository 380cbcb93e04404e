"""Which form of stream takes which form of points, from ourselves and from anybody."""

from functools import partial

from zones.errors import BulkError
from zones.sandbox.limits import Limits
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_stream import CSVStream
from zones.streams.geojson_stream import GeoJSONStream
from zones.streams.parquet_in_sandbox import ParquetApartReader
from zones.streams.stream_base import PointStream
from zones.streams.table_streams import TableStream, reader_of
from zones.streams.workbooks import WorkbookStream


def open_stream(
    input_format: str, output_format: str, *, task: PointQuestion, options: CSVOptions
) -> PointStream:
    """Return a stream from points in ``input_format`` to answers in ``output_format``.

    For a user's own files: a Parquet file is read in this process.

    Raises
    ------
    BulkError
        ``bulk-form-pair``: answers to that form are not given in the other one.
    """
    stream = _text_stream(input_format, output_format, task, options)
    if stream is not None:
        return stream
    return TableStream(
        reader_of(input_format, options, task.crs), output_format, task=task, options=options
    )


def open_foreign_stream(
    input_format: str,
    output_format: str,
    *,
    task: PointQuestion,
    options: CSVOptions,
    limits: Limits,
) -> PointStream:
    """Return the same for bytes from anybody: Parquet and workbooks are read apart, with limits."""
    if input_format == "workbook":
        if output_format == "geojson":
            raise BulkError("bulk-form-pair", given=input_format, wanted=output_format)
        return WorkbookStream(partial(_of_text, output_format, task), options, limits)
    stream = _text_stream(input_format, output_format, task, options)
    if stream is not None:
        return stream
    reader = (
        ParquetApartReader(limits)
        if input_format == "parquet"
        else reader_of(input_format, options, task.crs)
    )
    return TableStream(reader, output_format, task=task, options=options)


def _of_text(output_format: str, task: PointQuestion, options: CSVOptions) -> PointStream:
    return open_stream("csv", output_format, task=task, options=options)


def _text_stream(
    input_format: str, output_format: str, task: PointQuestion, options: CSVOptions
) -> PointStream | None:
    """Return what answers a text in its own form; None for tables."""
    if (input_format, output_format) == ("csv", "csv"):
        return CSVStream(task, options)
    if (input_format, output_format) == ("geojson", "geojson"):
        return GeoJSONStream(task)
    if "geojson" in (input_format, output_format):
        raise BulkError("bulk-form-pair", given=input_format, wanted=output_format)
    return None
