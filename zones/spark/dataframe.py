"""A DataFrame of points -> the same rows with their answers, for jobs of one's own."""

from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa
from pyspark import Broadcast
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import StructType

from zones.lookup.bulk_locator import BulkLocator
from zones.lookup.containing_features import CollectionMembers
from zones.spark.task_payload import USUAL, PreparedQuestion, Question
from zones.streams.answer_columns import TableAnswers

Answering = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]

__all__ = ["Question", "answered_schema", "locate_dataframe", "located_dataframe"]


def locate_dataframe(
    points: DataFrame,
    locator: BulkLocator,
    question: Question = USUAL,
    members: tuple[CollectionMembers, ...] = (),
) -> DataFrame:
    """Return the rows with the answers of ``zones.streams.answer_column_names`` as further columns.

    Nothing is computed yet. Partitions and the order in them stay as they are, and so do the
    other columns. A row without a sound point gets null answers and ``locate_fault``. The
    locator is broadcast as what it is made of, and made anew once in each Python worker.

    Parameters
    ----------
    members
        Further collections of areas; for each a column ``<collection>_ids``.

    Raises
    ------
    BulkError
        No such column, one that holds no numbers, or an answer that nobody can give.
    UnknownCRSError
    """
    return located_dataframe(points, PreparedQuestion(locator, question, members))


def located_dataframe(points: DataFrame, question: PreparedQuestion) -> DataFrame:
    """Return the same of a question that is ready."""
    schema = answered_schema(points, question)
    shared = points.sparkSession.sparkContext.broadcast(question)
    return points.mapInArrow(_answering(shared), schema)


def answered_schema(points: DataFrame, question: PreparedQuestion) -> StructType:
    """Return the schema of the rows with their answers."""
    input_schema = to_arrow_schema(points.schema, timezone="UTC")
    schema_of_answers = question.answers(input_schema).schema
    added = from_arrow_schema(
        pa.schema(
            [schema_of_answers.field(at) for at in range(len(input_schema), len(schema_of_answers))]
        )
    )
    return StructType([*points.schema.fields, *added.fields])


def _answering(shared: "Broadcast[PreparedQuestion]") -> Answering:
    """Return the function that a task calls with the batches of its partition."""

    def answer(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        answers: TableAnswers | None = None
        for batch in batches:
            if answers is None:
                answers = shared.value.answers(batch.schema)
            yield answers.answered(batch)

    return answer
