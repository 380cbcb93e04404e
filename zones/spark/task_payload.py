"""What is asked of points on a cluster, and all that answering it takes, as it travels there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import pyarrow as pa

from zones.crs.transform import parse_crs
from zones.lookup.bulk_locator import BulkLocator
from zones.lookup.containing_features import CollectionMembers
from zones.messages import Lang
from zones.streams.answer_column_names import ColumnSelection, parse_columns
from zones.streams.answer_columns import TableAnswers
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in words.

    ``x`` and ``y`` name the columns of coordinates; None finds them as in the header of a CSV.
    ``crs`` None is what the table says of its points, else CRS84.
    ``columns`` None asks for the usual ones.
    """

    x: str | None = None
    y: str | None = None
    crs: str | None = None
    columns: str | None = None
    lang: Lang = "zh"

    @property
    def answer_columns(self) -> ColumnSelection:
        """The columns of the answer."""
        return ColumnSelection() if self.columns is None else parse_columns(self.columns)


USUAL: Final = Question()


@dataclass(frozen=True, slots=True)
class PreparedQuestion:
    """A question, and what answers it: broadcast, and made ready once in each Python worker.

    ``members`` are further collections, as ``PointQuestion`` has them; ``metadata``
    are of the table, where its schema has none.
    """

    locator: BulkLocator
    question: Question = USUAL
    members: tuple[CollectionMembers, ...] = ()
    metadata: Mapping[bytes, bytes] = field(default_factory=dict)

    @property
    def task(self) -> PointQuestion:
        """What is asked of a stream of points."""
        question = self.question
        ids = tuple(each.collection_id for each in self.members)
        columns = replace(question.answer_columns, members=ids)
        crs = parse_crs(question.crs or "CRS84")
        return PointQuestion(self.locator, crs, columns, question.lang, self.members)

    def answers(self, schema: pa.Schema, folders: Iterable[str] = ()) -> TableAnswers:
        """Return what answers batches of a schema.

        Parameters
        ----------
        folders
            Columns that the rows have of their folders' names.

        Raises
        ------
        BulkError
            No such column, one that holds no numbers, or an answer that nobody can give.
        UnknownCRSError
        """
        question = self.question
        is_crs_stated = question.crs is not None
        options = CSVOptions(question.x, question.y, is_crs_stated=is_crs_stated)
        if self.metadata:
            schema = schema.with_metadata({**(schema.metadata or {}), **self.metadata})
        names = [*schema.names, *folders]
        # Spark takes names that differ in case alone for the same.
        return TableAnswers(self.task, schema, options, [*names, *map(str.lower, names)])
