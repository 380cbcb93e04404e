"""What goes wrong on a cluster, told as a fault that says how to mend it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import orjson
import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from zones.errors import BulkError, SparkError, ZonesError

_OF_PYTHON: Final = re.compile(r"[A-Za-z.]*(Error|Exception): \S")
_OF_TASK: Final = re.compile(r"TaskFault: (\{.*\})")
_UNREADABLE: Final = frozenset({"PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA"})


class TaskFault(Exception):  # noqa: N818 - a fault of the domain, on its way to the driver
    """A fault of the domain in the only words that come back from a task: its text."""


@contextmanager
def faults_for_driver() -> Iterator[None]:
    """Raise faults of the domain so that ``spark_faults`` finds them again on the driver."""
    try:
        yield
    except ZonesError as error:
        params = {name: str(value) for name, value in error.params.items()}
        raise TaskFault(orjson.dumps({"code": error.code, "params": params}).decode()) from error


@contextmanager
def file_faults(code: str, name: str) -> Iterator[None]:
    """Tell what a filesystem or Apache Arrow finds wrong with a file as a ``BulkError``."""
    try:
        yield
    except (pa.ArrowException, OSError, ImportError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise BulkError(code, name=name[-200:], reason=reason[:300]) from error


@contextmanager
def spark_faults(name: str = "") -> Iterator[None]:
    """Tell what Spark finds wrong as a fault that says how to mend it.

    Parameters
    ----------
    name
        The file or folder that is at fault when Spark does not find one, or finds one in its way.
    """
    try:
        yield
    except PySparkException as error:
        condition = error.getCondition() or ""
        if condition in _UNREADABLE:
            raise BulkError("bulk-file-unreadable", name=name[-200:]) from error
        if condition == "PATH_ALREADY_EXISTS":
            raise BulkError("spark-in-the-way", name=name[-200:]) from error
        raise _fault(error) from error
    except (Py4JError, ConnectionError) as error:
        raise _fault(error) from error


def _fault(error: Exception) -> ZonesError:
    """Return the fault that a task told, else the line that says most."""
    text = str(error)
    if match := _OF_TASK.search(text):
        fault: dict[str, Any] = orjson.loads(match[1])
        return BulkError(fault["code"], **fault["params"])
    # The last of a traceback on an executor, else the first.
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    of_python = [line for line in lines if _OF_PYTHON.match(line)]
    reason = (of_python or lines[:1] or [type(error).__name__])[-1]
    return SparkError(reason=reason[:300])
