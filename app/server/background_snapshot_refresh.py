"""Keeping a worker at the store's revision before anybody asks.

A request never gets an answer older than the last commit: it waits while what changed is read. So
that it seldom has to, a thread looks several times a second whether something changed, reads it,
and makes ready what the next requests will need. It also lets other workers see this one's counts.
"""

import logging
import threading
from typing import Final

from app.locate.collections_parameter_cache import MembersCache
from app.observe.prometheus_metrics import Metrics
from app.snapshot_in_thread import refreshed_snapshot
from app.tiles.serve_tile import Tiles
from zones.errors import ZonesError
from zones.memory.release_memory import give_back_memory
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.model import Snapshot

INTERVAL_S: Final = 0.25


class Refresher:
    """The thread of one worker; ``snapshot`` is what it holds ready already."""

    def __init__(
        self,
        follower: SnapshotFollower,
        covers: MembersCache,
        tiles: Tiles,
        snapshot: Snapshot,
        *,
        metrics: Metrics,
    ) -> None:
        self._follower = follower
        self._covers = covers
        self._tiles = tiles
        self._ready = snapshot
        self._metrics = metrics
        self._fault = ""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="renewal", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """End; waits for what is being read, since the store is closed next."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(INTERVAL_S):
            self._metrics.publish()
            try:
                self._renew()
                self._fault = ""
            except ZonesError as fault:  # the next request meets it too, and tells its client
                self._log_once(fault.code)

    def _log_once(self, code: str) -> None:
        if code != self._fault:
            self._fault = code
            logging.getLogger("zones.renewal").warning({"message": "cannot renew", "code": code})

    def _renew(self) -> None:
        snapshot = refreshed_snapshot(self._follower)
        if snapshot is not self._ready:
            self._ready = snapshot
            snapshot.read_all()
            self._covers.prepare(snapshot)
            self._tiles.prepare(snapshot)
            give_back_memory()
