"""A DataFrame of points -> the same rows with their answers, for jobs of one's own."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
from pyspark import Broadcast
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import StructType

from zones.bulk.answers import BulkLocator
from zones.bulk.columns import Columns, parse_columns
from zones.bulk.csv_dialect import CSVOptions
from zones.bulk.placing import Task
from zones.bulk.tables import TableAnswers
from zones.crs import parse_crs
from zones.messages import Lang

Answering = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a DataFrame, in words that travel to executors.

    ``x`` and ``y`` name the columns of coordinates; None finds them as in the header of a CSV.
    ``columns`` None asks for the usual ones.
    """

    x: str | None = None
    y: str | None = None
    crs: str = "CRS84"
    columns: str | None = None
    lang: Lang = "zh"

    @property
    def asked(self) -> Columns:
        """The columns of the answer."""
        return Columns() if self.columns is None else parse_columns(self.columns)

    def answers(self, locator: BulkLocator, schema: pa.Schema) -> TableAnswers:
        """Return what answers batches of a schema."""
        task = Task(locator, parse_crs(self.crs), self.asked, self.lang)
        return TableAnswers(task, schema, CSVOptions(self.x, self.y))


USUAL: Final = Question()


def locate_dataframe(
    points: DataFrame, locator: BulkLocator, question: Question = USUAL
) -> DataFrame:
    """Return the rows with the answers of ``zones.bulk.columns`` as further columns.

    Nothing is computed yet. Partitions and the order in them stay as they are, and so do the
    other columns. A row without a sound point gets null answers and ``locate_fault``. The
    locator is broadcast as what it is made of, and made anew once in each Python worker.

    Raises
    ------
    BulkError
        No such column, one that holds no numbers, or an answer that nobody can give.
    UnknownCRSError
    """
    schema = answered_schema(points, locator, question)
    shared = points.sparkSession.sparkContext.broadcast(locator)
    answering = _answering(shared, question, tuple(schema.fieldNames()))
    return points.mapInArrow(answering, schema)


def answered_schema(points: DataFrame, locator: BulkLocator, question: Question) -> StructType:
    """Return the schema of the rows with their answers."""
    given = to_arrow_schema(points.schema, timezone="UTC")
    told = question.answers(locator, given).schema
    added = from_arrow_schema(pa.schema([told.field(at) for at in range(len(given), len(told))]))
    # Spark takes names that differ in case alone for the same.
    taken = [*given.names, *map(str.lower, given.names)]
    names = question.asked.names_beside(taken)
    for field, name in zip(added.fields, names, strict=True):
        field.name = name
    return StructType([*points.schema.fields, *added.fields])


def _answering(
    shared: "Broadcast[BulkLocator]", question: Question, names: tuple[str, ...]
) -> Answering:
    """Return the function that a task calls with the batches of its partition."""

    def answer(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        answers: TableAnswers | None = None
        for batch in batches:
            if answers is None:
                answers = question.answers(shared.value, batch.schema)
            told = answers.answered(batch)
            yield pa.RecordBatch.from_arrays(told.columns, names=list(names))

    return answer
