"""``zones locate --engine spark``: Parquet to Parquet on a cluster."""

import sys
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TypedDict

from zones.bulk.answers import BulkLocator
from zones.bulk.placing import Summary
from zones.errors import BulkError


class Asked(TypedDict):
    """What is asked of the points, as ``zones.spark.dataframe.Question`` has it."""

    x: str | None
    y: str | None
    crs: str
    columns: str | None


def locate_on_cluster(
    locator: BulkLocator,
    source: str,
    target: str,
    asked: Asked,
    *,
    master: str | None,
    conf: Iterable[str],
) -> Summary:
    """Answer a Parquet file or folder on a Spark cluster; return how many rows lie where."""
    for name in (source, target):
        if name == "-" or PurePosixPath(name).suffix.lower() not in ("", ".parquet"):
            raise BulkError("spark-form", name=name[-200:])
    from zones.spark.dataframe import Question
    from zones.spark.parquet import locate_parquet
    from zones.spark.session import spark_session

    settings = {"spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower()}
    settings |= dict(map(_setting, conf))
    with spark_session(master, settings) as session:
        return locate_parquet(session, source, target, locator=locator, question=Question(**asked))


def _setting(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name.startswith("spark."):
        raise BulkError("spark-conf", given=text[:80])
    return name, value
