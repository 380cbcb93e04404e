"""Has pasted areas read in a process of its own, a few at once."""

import threading
from dataclasses import dataclass
from typing import Final

import anyio
import anyio.to_thread
from shapely.geometry.base import BaseGeometry

from app.http.fault_status import TooManyError
from app.worker.fork_server import ForkServer
from app.worker.run_in_process import run_in_worker
from zones.georeference.expected_place import district_outline
from zones.ingest.pasted_areas import PastedOptions, read_pasted_areas
from zones.ingest.read_source import Reading
from zones.store.sql.store import SqlStore

AT_ONCE: Final = 2
MOST_WAITING: Final = 20
RETRY_AFTER_S: Final = 5


@dataclass(frozen=True, slots=True)
class ReadingWork:
    """A text to be read; see ``zones.ingest.pasted_areas.read_pasted_areas``."""

    id: str
    text: str
    options: PastedOptions
    outline: BaseGeometry | None

    def run(self, cancelled: threading.Event) -> Reading:
        """Return what the text holds.

        Raises
        ------
        SourceError
        """
        return read_pasted_areas(self.text, self.options, outline=self.outline)


class PastedAreas:
    """Reads the pasted areas of this process: everybody may send some, so that few are at once."""

    def __init__(self, store: SqlStore, forked: ForkServer) -> None:
        self._store = store
        self._forked = forked
        self._limiter = anyio.CapacityLimiter(AT_ONCE)

    async def read(self, text: str, options: PastedOptions, *, request_id: str) -> Reading:
        """Return what a text holds.

        Raises
        ------
        TooManyError
            If many wait already.
        SourceError
        """
        if self._limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise TooManyError("pasted-busy", seconds=RETRY_AFTER_S)
        return await anyio.to_thread.run_sync(
            self._read, text, options, request_id, limiter=self._limiter
        )

    def _read(self, text: str, options: PastedOptions, request_id: str) -> Reading:
        work = ReadingWork(request_id, text, options, district_outline(self._store))
        return run_in_worker(work, self._forked)
