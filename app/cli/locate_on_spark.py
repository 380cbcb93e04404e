"""``zones locate --engine spark``: Parquet to Parquet on a cluster."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypedDict

from app.locate.read_points import collection_ids
from zones.errors import BulkError
from zones.lookup.bulk_locator import build_bulk_locator
from zones.lookup.containing_features import requested_members
from zones.snapshot.model import Snapshot
from zones.streams.coordinates_to_answers import Summary


class QuestionFields(TypedDict):
    """What is asked of the points, as ``zones.spark.task_payload.Question`` has it."""

    x: str | None
    y: str | None
    crs: str | None
    columns: str | None


@dataclass(frozen=True, slots=True)
class ClusterJob:
    """A Parquet file or folder to be answered on a Spark cluster; ``further`` as it is given."""

    source: str
    target: str
    words: QuestionFields
    further: str
    master: str | None
    conf: Iterable[str]

    def run(self, snapshot: Snapshot) -> Summary:
        """Write the answers; return how many rows lie where."""
        for name in (self.source, self.target):
            if name == "-" or PurePosixPath(name).suffix.lower() not in ("", ".parquet"):
                raise BulkError("spark-form", name=name[-200:])
        from zones.spark.locate_parquet import locate_parquet
        from zones.spark.spark_session import spark_session
        from zones.spark.task_payload import PreparedQuestion, Question

        settings = {"spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower()}
        settings |= dict(map(_setting, self.conf))
        members = tuple(requested_members(snapshot, collection_ids(self.further)))
        locator = snapshot.derived(build_bulk_locator)
        question = PreparedQuestion(locator, Question(**self.words), members)
        with spark_session(self.master, settings) as session:
            return locate_parquet(session, self.source, self.target, question)


def _setting(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name.startswith("spark."):
        raise BulkError("spark-conf", given=text[:80])
    return name, value
