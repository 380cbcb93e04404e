"""What was worked out of the rows of a segment, in files beside it that all processes map."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from zones.model import JSON
from zones.segment_files.file_layout import Array, SegmentWriter
from zones.segment_files.segment_folder import Made, SegmentFolder

_LOG = logging.getLogger("zones.segment_files")

AddArray = Callable[[str, Array], None]
"""Adds an array under a name."""


@dataclass(frozen=True, slots=True)
class DerivedArrays:
    """Arrays by name, and what else there is to be said."""

    arrays: Mapping[str, Array]
    about: Mapping[str, JSON]


class DerivedFiles:
    """The files beside one segment; for any number of threads and processes."""

    def __init__(self, folder: SegmentFolder, made: Made) -> None:
        self._folder = folder
        self._made = made

    def get(self, name: str, work_out: Callable[[], DerivedArrays]) -> DerivedArrays:
        """Return what was worked out under a name, mapped; where there is no room, in memory.

        Parameters
        ----------
        name
            Letters, digits and ``-``; another one when something else would be worked out.
        """
        made = replace(self._made, derived=name)
        found = self._opened(made)
        return self._made_now(made, work_out) if found is None else found

    def has(self, name: str) -> bool:
        """Return whether there is a file of what was worked out under a name."""
        return self._folder.has(replace(self._made, derived=name))

    def opened(self, name: str) -> DerivedArrays | None:
        """Return what was worked out under a name, mapped; None if there is no file of it."""
        return self._opened(replace(self._made, derived=name))

    def write(self, name: str, work_out: Callable[[AddArray], Mapping[str, JSON]]) -> None:
        """Have arrays written as they are worked out, unless they are there; none stays in memory.

        Parameters
        ----------
        work_out
            Adds arrays by name, and returns what else there is to be said.

        Raises
        ------
        OSError
            If there is no room, or the disk fails.
        """
        made = replace(self._made, derived=name)

        def write(file: BinaryIO, most_bytes: int) -> None:
            writer = SegmentWriter(file, most_bytes=most_bytes)
            more = dict(work_out(writer.array))
            writer.finish({**made.as_json(), "more": more})

        self._folder.make(made, write)

    def _opened(self, made: Made) -> DerivedArrays | None:
        file = self._folder.opened(made)
        return None if file is None else DerivedArrays(file.arrays(), file.about["more"])

    def _made_now(self, made: Made, work_out: Callable[[], DerivedArrays]) -> DerivedArrays:
        worked_out: list[DerivedArrays] = []

        def add_all(add: AddArray) -> Mapping[str, JSON]:
            worked_out.append(work_out())
            for name, values in worked_out[0].arrays.items():
                add(name, values)
            return worked_out[0].about

        try:
            self.write(made.derived, add_all)
        except OSError as fault:
            _LOG.warning({"message": "not kept beside a segment", "why": str(fault)[:200]})
        found = self._opened(made)
        if found is not None:
            return found
        return worked_out[0] if worked_out else work_out()
