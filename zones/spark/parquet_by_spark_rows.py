"""Parquet -> Parquet with answers by Spark's own reader and writer, row by row through the JVM.

For filesystems that executors' Python cannot open; three to six times as costly.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import unquote

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql
from pyspark.sql.pandas.types import to_arrow_schema

from zones.spark.cluster_faults import spark_faults
from zones.spark.dataframe import located_dataframe
from zones.spark.hive_partition_columns import base_of, with_partitions_as_meant
from zones.spark.parquet_footers import footer_of
from zones.spark.task_payload import PreparedQuestion
from zones.streams.answer_column_names import FAULT_COLUMN
from zones.streams.coordinates_to_answers import Summary


def locate_rows(
    session: SparkSession, source: str, target: str, question: PreparedQuestion
) -> Summary:
    """Write a Parquet file or folder with answers; return how many rows lie where.

    Rows are counted by zone if ``zone_id`` is among the answers, else all as lying in none.

    Raises
    ------
    BulkError
        The source cannot be read, the target exists, or the columns are not there.
    SparkError
        The job failed.
    """
    with spark_faults(source):
        points = _read(session, source)
        footers = [footer_of(session, file) for file in points.inputFiles()[:1]]
        partitions = partition_columns(session, points)
        places = [points.columns.index(name) for name in partitions]
        points = with_partitions_as_meant(points, partitions)
    for footer in footers:
        question = replace(question, metadata=footer.metadata)
    notes = question.answers(to_arrow_schema(points.schema, timezone="UTC")).notes
    located = located_dataframe(points, question)
    with spark_faults(target):
        located.write.partitionBy(*(points.columns[at] for at in places)).parquet(target)
        added = located.columns[len(points.columns) :]
        answered = session.read.parquet(target)
        for footer, file in zip(footers, answered.inputFiles(), strict=False):
            notes = (*notes, *footer.notes(footer_of(session, file)))
        return replace(_summary(answered, question, added), notes=notes)


def _read(session: SparkSession, source: str) -> DataFrame:
    """Return the rows of files, with the columns of folders that a pattern matches."""
    base = base_of(source)
    reader = session.read if base is None else session.read.option("basePath", base)
    return reader.parquet(source)


def partition_columns(session: SparkSession, points: DataFrame) -> Sequence[str]:
    """Return the columns that a DataFrame has of its folders' names: those that no file has."""
    files = points.inputFiles()
    if not files:
        return ()
    own = set(session.read.parquet(unquote(files[0])).columns)
    return [name for name in points.columns if name not in own]


def _summary(answered: DataFrame, question: PreparedQuestion, added: Sequence[str]) -> Summary:
    """Count what was written: tasks that ran twice are in it once."""
    named = dict(zip(question.task.columns.names, added, strict=True))
    fault = sql.split_part(answered[named[FAULT_COLUMN]], sql.lit(" "), sql.lit(1))
    zone = answered[named["zone_id"]] if "zone_id" in named else sql.lit(None)
    counted = answered.groupBy(zone.alias("zone"), fault.alias("fault")).count().collect()
    zones: dict[str | None, int] = {}
    faults: dict[str, int] = {}
    for each, code, rows in counted:
        if code is None:
            zones[each] = rows
        else:
            faults[code] = faults.get(code, 0) + rows
    return Summary(zones, faults)
