"""Workbooks of points (.xlsx, .xls, .et, .ods): a sheet as a CSV text, answered as any other.

A workbook must be whole to be read, and it is a zip that may unpack to anything: it is read apart
(``zones.streams.file_in_sandbox``). The text begins with a byte order mark, so that Excel opens the
answer as UTF-8.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, Final, cast

from zones.errors import SourceError
from zones.model import Problem
from zones.sandbox.child_task import can_say, shown_params
from zones.sandbox.limits import MEBIBYTE, Limits
from zones.streams.coordinates_to_answers import Tally
from zones.streams.csv_dialect import BOM
from zones.streams.csv_options import CSVOptions
from zones.streams.file_in_sandbox import FileApart, HandedOn
from zones.streams.stream_base import PointStream

JOB: Final = "zones.streams.workbooks_in_sandbox_child:hand_on"
_PIECE: Final = MEBIBYTE
_CPU_S_PER_MB: Final = 30  # a zip: 1 MB holds some 50,000 rows
_PAIR: Final = 2


class WorkbookStream:
    """A workbook, which waits on disk until it is whole, to its rows with answers.

    Parameters
    ----------
    answering
        Makes the stream that answers the sheet's text.
    """

    def __init__(
        self,
        answering: Callable[[CSVOptions], PointStream],
        options: CSVOptions,
        limits: Limits,
    ) -> None:
        self._answering, self._options = answering, options
        self._file = workbook_apart(limits, options)
        self._answers: PointStream | None = None
        self._none = Tally()

    @property
    def tally(self) -> Tally:
        """The rows counted so far."""
        return self._none if self._answers is None else self._answers.tally

    @property
    def media_type(self) -> str:
        """The media type of the answers."""
        return "text/csv" if self._answers is None else self._answers.media_type

    def add(self, piece: bytes) -> Iterator[bytes]:
        """Take a piece; there are no answers yet."""
        self._file.add(piece)
        return iter(())

    def end(self) -> Iterator[bytes]:
        """Yield the answers; empty pieces as long as the workbook is being read.

        Raises
        ------
        SourceError, BulkError
            Why it cannot be read, or answered.
        """
        found = yield from _waited(self._file)
        self._answers = self._answering(options_for(self._options, found.content))
        yield from self._answers.add(BOM)
        with found.rows as rows:
            while piece := rows.read(_PIECE):
                yield from self._answers.add(piece)
        yield from self._answers.end()


def workbook_apart(limits: Limits, options: CSVOptions) -> FileApart:
    """Return what reads a workbook in a process of its own."""
    request = {"encoding": options.encoding, "sheet": options.sheet}
    return FileApart(
        JOB, request, limits, cpu_s_per_mb=_CPU_S_PER_MB, too_much="bulk-workbook-too-much"
    )


def options_for(options: CSVOptions, content: dict[str, Any]) -> CSVOptions:
    """Return how the text that was made of a sheet is to be read, trusting nothing that is said."""
    notes = tuple(map(_note, _list(content, "notes")))
    return replace(options, delimiter=",", encoding="utf-8", notes=notes)


def sheets_in(content: dict[str, Any]) -> list[str]:
    """Return the names of the sheets that can be chosen."""
    return [str(name) for name in _list(content, "sheets")]


def _list(content: dict[str, Any], name: str) -> list[object]:
    found = content.get(name)
    if not isinstance(found, list):
        raise SourceError("source-unreadable")
    return found


def _note(parsed: object) -> Problem:
    if not isinstance(parsed, list) or len(parsed) != _PAIR:
        raise SourceError("source-unreadable")
    code, params = str(parsed[0]), shown_params(parsed[1])
    if not can_say(code, params):
        raise SourceError("source-unreadable")
    return Problem(code, dict(params), "note")


def _waited(file: FileApart) -> Generator[bytes, None, HandedOn]:
    """Yield empty pieces until the file is read; return what was handed on."""
    reading = file.handed_on()
    with closing(reading):
        while True:
            try:
                next(reading)
            except StopIteration as end:
                return cast(HandedOn, end.value)
            yield b""
