"""A thread that looks for imports whose process died, so that nobody has to ask for them."""

import logging
import threading
from typing import Final

from app.imports.queue import ImportJobs
from zones.errors import ZonesError

INTERVAL_S: Final = 2.0
_LOG = logging.getLogger("zones.imports")


def watch(jobs: ImportJobs) -> None:
    """Begin to look; ends when the imports of this process do."""
    threading.Thread(target=_watch, args=(jobs,), name="import-watch", daemon=True).start()


def _watch(jobs: ImportJobs) -> None:
    fault = ""
    while not jobs.closing.wait(INTERVAL_S):
        try:
            jobs.take_up_abandoned()
            fault = ""
        except (ZonesError, OSError, RuntimeError) as error:  # tried again, or all ends meanwhile
            if repr(error) != fault:
                fault = repr(error)
                _LOG.warning({"message": "cannot look for lost imports", "why": fault[:200]})
