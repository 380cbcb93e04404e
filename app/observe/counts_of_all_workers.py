"""The counts of all workers of a service: whichever is asked for them tells the same.

Each worker writes its own into a file of its own, in a folder that goes when the service ends. The
file of a worker that died stays until then, so that no count ever falls. A worker that was not
started by ``zones serve`` has no folder and tells its own counts alone.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import orjson

from app.observe.worker_counts import Counts, counts_from

_FOLDER: Final = "_HEPING_ZONES_COUNTS"
"""The variable that names the folder to the workers; no setting."""


@contextmanager
def counts_folder() -> Iterator[None]:
    """Have a folder for the counts of the workers that are started meanwhile."""
    with tempfile.TemporaryDirectory(prefix="heping-zones-counts-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[_FOLDER]


class SharedCounts:
    """What this worker counted, where others find it, and what they did."""

    def __init__(self) -> None:
        folder = os.environ.get(_FOLDER)
        self._folder = Path(folder) if folder else None
        self._name = f"{os.getpid()}-{time.time_ns()}"

    def publish(self, counts: Counts) -> None:
        """Let the other workers see the counts; where that cannot be, they see the last ones."""
        if self._folder is None:
            return
        with suppress(OSError):
            written = self._folder / f"{self._name}.new"
            written.write_bytes(orjson.dumps(counts.as_json()))
            written.replace(self._folder / f"{self._name}.json")

    def of_others(self) -> Iterator[Counts]:
        """Yield the counts of each other worker, as it published them last."""
        if self._folder is None:
            return
        for path in sorted(self._folder.glob("*.json")):
            if path.stem != self._name:
                yield counts_from(orjson.loads(path.read_bytes()))
