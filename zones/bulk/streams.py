"""Which form of stream takes which form of points."""

from zones.bulk.csv_dialect import CSVOptions
from zones.bulk.csv_stream import CSVStream
from zones.bulk.geojson_stream import GeoJSONStream
from zones.bulk.placing import Task
from zones.bulk.stream import PointStream
from zones.bulk.table_streams import TableStream, reader_of
from zones.errors import BulkError


def open_stream(given: str, wanted: str, *, task: Task, options: CSVOptions) -> PointStream:
    """Return a stream that takes points in the form ``given`` and answers in ``wanted``.

    Raises
    ------
    BulkError
        ``bulk-form-pair``: answers to that form are not given in the other one.
    """
    if (given, wanted) == ("csv", "csv"):
        return CSVStream(task, options)
    if (given, wanted) == ("geojson", "geojson"):
        return GeoJSONStream(task)
    if "geojson" not in (given, wanted):
        return TableStream(reader_of(given, options), wanted, task=task, options=options)
    raise BulkError("bulk-form-pair", given=given, wanted=wanted)
