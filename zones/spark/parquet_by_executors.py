"""Parquet files -> Parquet files with answers, read and written by the executors' Python itself.

No row passes through the JVM, which would take several times as long as the answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import Broadcast
from pyspark.sql import SparkSession

from zones.errors import BulkError, ZonesError
from zones.spark.cluster_faults import faults_for_driver, file_faults, spark_faults
from zones.spark.locations import Location
from zones.spark.output_folder import Written, commit, new_folder, temporary_name
from zones.spark.task_payload import PreparedQuestion
from zones.spark.task_splits import FileSplit, pieces_of
from zones.streams.answer_columns import TableAnswers
from zones.streams.coordinates_to_answers import Summary
from zones.streams.parquet_decode_and_rewrite import GroupWriter, ParquetPart

MOST_TASKS: Final = 10_000


@dataclass(frozen=True, slots=True)
class FilesJob:
    """What every task needs to know; ``names`` are the columns of its answers."""

    source: Location
    target: Location
    question: PreparedQuestion
    names: tuple[str, ...]


def locate_files(
    session: SparkSession, source: Location, target: Location, question: PreparedQuestion
) -> Summary:
    """Write the files of the source with answers; return how many rows lie where.

    Each attempt at a task writes to a name of its own, and what the driver hears of is committed:
    attempts that are lost, or run twice, leave nothing. If anything fails there is no target.
    Every file keeps its own columns and their types.

    Raises
    ------
    BulkError
        A file cannot be read or written, the target exists, or the columns are not there.
    SparkError
        The job failed.
    """
    pieces = pieces_of(source)
    job = FilesJob(source, target, question, _names(source, question, pieces[0]))
    context = session.sparkContext
    with new_folder(target):
        with spark_faults(source.name):
            shared = context.broadcast(job)
            tasks = context.parallelize(pieces, min(len(pieces), MOST_TASKS))
            written = tasks.mapPartitions(partial(_answered, shared)).collect()
            shared.destroy()
        return commit(target, written)


def _names(source: Location, question: PreparedQuestion, piece: FileSplit) -> tuple[str, ...]:
    """Return the columns of the answers; tells what cannot be asked before the job begins."""
    with file_faults("spark-source-unreadable", piece.path):
        schema = pq.read_schema(piece.path, filesystem=source.files)
    return question.answers(schema, piece.folders).names


def _answered(shared: "Broadcast[FilesJob]", pieces: Iterable[FileSplit]) -> Iterator[Written]:
    """Answer pieces, on an executor."""
    for piece in pieces:
        with faults_for_driver():
            written = answer_piece(shared.value, piece)
        yield written


def answer_piece(job: FilesJob, piece: FileSplit) -> Written:
    """Write a piece with its answers to a file that is not committed yet."""
    temporary = temporary_name(job.target)
    with (
        file_faults("spark-source-unreadable", piece.path),
        job.source.files.open_input_file(piece.path) as file,
    ):
        part = ParquetPart(file, piece.groups)
        answers = _answers(job, piece, part.schema)
        with (
            file_faults("spark-target-unwritable", temporary),
            job.target.files.open_output_stream(temporary) as sink,
            GroupWriter(sink, answers.schema, answers.types) as writer,
        ):
            writer.write(_batches(part, answers, piece))
    return Written(temporary, piece.name, answers.tally.summary(job.question.locator.answers))


def _batches(
    part: ParquetPart, answers: TableAnswers, piece: FileSplit
) -> Iterator[pa.RecordBatch]:
    with file_faults("spark-source-unreadable", piece.path):
        yield from map(answers.answered, part.batches())


def _answers(job: FilesJob, piece: FileSplit, schema: pa.Schema) -> TableAnswers:
    """Return what answers a file, which has to be like the first one in what matters."""
    try:
        answers = job.question.answers(schema, piece.folders)
    except ZonesError as error:
        name, reason = piece.path[-200:], str(error)[:300]
        raise BulkError("spark-source-unreadable", name=name, reason=reason) from error
    if answers.names != job.names:
        (other, *_) = set(answers.names) - set(job.names)
        raise BulkError("spark-columns-differ", name=piece.path[-200:], column=other)
    return answers
