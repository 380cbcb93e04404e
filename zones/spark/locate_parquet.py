"""Parquet files and folders of points -> the same with answers, on a Spark cluster."""

import logging

from pyspark.sql import SparkSession

from zones.messages import say
from zones.spark.locations import place_of
from zones.spark.parquet_by_executors import locate_files
from zones.spark.parquet_by_spark_rows import locate_rows
from zones.spark.task_payload import PreparedQuestion
from zones.streams.coordinates_to_answers import Summary


def locate_parquet(
    session: SparkSession, source: str, target: str, question: PreparedQuestion
) -> Summary:
    """Write a Parquet file or folder with answers; return how many rows lie where.

    A folder's partitions (``day=2024-05-01/``) become those of the target, and a file of at most
    128 MB becomes one file there, its rows in their order; a larger one becomes several, whose
    names are in that order. Executors read and write the files by themselves if both places
    are of a kind that Apache Arrow opens there (a shared disk, ``s3a://``, ``gs://``, ``abfss://``,
    and ``hdfs://`` where libhdfs is found); else Spark reads and writes them, and the log says so.

    Parameters
    ----------
    source, target
        Paths as Spark takes them: ``hdfs://``, ``s3a://``, or of a disk that all machines share.

    Raises
    ------
    BulkError
        The source cannot be read, the target exists, or the columns are not there.
    SparkError
        The job failed.
    """
    source_location, target_location = place_of(session, source), place_of(session, target)
    if source_location is None or target_location is None:
        _warn_slow(source if source_location is None else target)
        return locate_rows(session, source, target, question)
    return locate_files(session, source_location, target_location, question)


def _warn_slow(name: str) -> None:
    messages = [str(say("spark-by-rows", lang, name=name[-200:])) for lang in ("zh", "en")]
    logging.getLogger("zones.spark").warning("\n".join(messages))
