"""A CSV text answered by several processes at once, its rows in their order."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from typing import BinaryIO, Final

from zones.sandbox.fork_without_threads import refuse_threads
from zones.streams.coordinates_to_answers import PointQuestion, Summary, Tally
from zones.streams.csv_dialect import Dialect
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_stream import CSVAnswers, CSVSplitter

PART_BYTES: Final = 2**20
"""More than in one process: each part takes a message there and one back."""

_Answered = tuple[bytes, Summary]
_own: list[tuple[PointQuestion, CSVAnswers]] = []


def answer_csv(
    task: PointQuestion,
    options: CSVOptions,
    pieces: Iterable[bytes],
    target: BinaryIO,
    *,
    processes: int,
) -> Summary:
    """Write a CSV text with answers; return how many rows lie where.

    Memory is bounded: no more parts are read than two for each process. Processes are forked,
    and so share the locator; this must be called before there are other threads.

    Raises
    ------
    BulkError, SourceError
        The text cannot be read; what was written before is not whole.
    """
    splitter = CSVSplitter(options, task.crs, part_bytes=PART_BYTES)
    summary = Summary()
    waiting: deque[Future[_Answered]] = deque()
    pool: ProcessPoolExecutor | None = None
    try:
        for part in _parts(splitter, pieces):
            if pool is None:
                pool = _pool(task, splitter, target, processes)
            waiting.append(pool.submit(_answered, part))
            if len(waiting) >= 2 * processes:
                summary += _write(waiting.popleft(), target)
        for future in waiting:
            summary += _write(future, target)
        if pool is None:
            target.write(_answers(task, splitter).header(splitter.header))
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)
        _own.clear()
    dialect = splitter.dialect
    return replace(summary, notes=dialect.notes if dialect else ())


def _parts(splitter: CSVSplitter, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from splitter.add(piece)
    yield from splitter.end()


def _answers(task: PointQuestion, splitter: CSVSplitter) -> CSVAnswers:
    dialect: Dialect | None = splitter.dialect
    assert dialect is not None  # noqa: S101 - the header comes before all parts
    return CSVAnswers(task, dialect)


def _pool(
    task: PointQuestion, splitter: CSVSplitter, target: BinaryIO, processes: int
) -> ProcessPoolExecutor:
    answers = _answers(task, splitter)
    target.write(answers.header(splitter.header))
    target.flush()  # or each forked process would write it once more
    _own.append((task, answers))
    refuse_threads()
    return ProcessPoolExecutor(processes, multiprocessing.get_context("fork"))


def _write(future: "Future[_Answered]", target: BinaryIO) -> Summary:
    text, summary = future.result()
    target.write(text)
    return summary


def _answered(part: bytes) -> _Answered:
    """Answer a part, in a process that was forked with all it needs."""
    task, answers = _own[0]
    answered = answers.answered(part)
    tally = Tally()
    tally.add(answered.codes, answered.findings)
    return answered.text, tally.summary(task.locator.answers)
