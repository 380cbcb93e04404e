"""One import in a process of its own: look-ups share neither memory nor interpreter with it.

It writes to the store by itself, the end of the import in the same
transaction as the revision; whatever becomes of it or of the server, both are told or neither.
It ends when the server does.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from app.errors import UnexpectedError
from app.fork_server import ForkServer
from app.logs import write_json_lines
from zones.errors import SourceLimitError, StoreError, ZonesError
from zones.import_options import ImportOptions
from zones.import_report import ImportReport
from zones.ingest import ingest
from zones.short_lived import collect_seldom
from zones.sources.import_folder import remove_leftovers
from zones.sources.limits import Limits
from zones.sql.records import ImportState
from zones.sql_store import SqlStore, open_store

_LOG = logging.getLogger("zones.imports")

JOB: Final = f"{__name__}:follow_order"

_NICER: Final = 5
"""Look-ups come first; not by more, since the store is locked for a moment."""
_LOOKED_EVERY_S: Final = 0.05
_PROGRESS_KEPT_EVERY_S: Final = 0.5
_CANCEL: Final = b"cancel"


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What to import, as it travels to the process; see ``zones.ingest.ingest``."""

    id: str
    store: str
    path: Path
    collection: str
    file_name: str
    options: ImportOptions
    limits: Limits
    who: str
    preview: Path


def ingest_apart(
    order: ImportOrder, cancelled: Callable[[], bool], forked: ForkServer
) -> ImportReport:
    """Run an import in a process of its own and return its report.

    Parameters
    ----------
    cancelled
        Asked many times a second; once it is true the import ends, unless it is being stored.

    Raises
    ------
    ZonesError
        What ``ingest`` raised, ``UnexpectedError`` for what it never should, or
        ``SourceLimitError`` when the process was killed.
    """
    with forked.begin() as process:
        told = _followed(process, order, cancelled)
    if isinstance(told, ImportReport):
        return told
    if told is None:
        remove_leftovers()
        raise SourceLimitError("import-killed")
    raise told


def _followed(
    process: Connection, order: ImportOrder, cancelled: Callable[[], bool]
) -> ImportReport | ZonesError | None:
    """Return what the process tells at its end; None if it tells nothing."""
    asked = False
    try:
        process.send(order)
        while not process.poll(_LOOKED_EVERY_S):
            if not asked and cancelled():
                process.send_bytes(_CANCEL)
                asked = True
        told: ImportReport | ZonesError = process.recv()
    except (EOFError, ConnectionError):
        return None
    return told


def follow_order(server: Connection) -> None:
    """Import what the server wants and tell it what came of it; the whole life of a process."""
    os.nice(_NICER)
    collect_seldom()
    write_json_lines()
    try:
        order: ImportOrder = server.recv()
    except EOFError:
        return
    cancelled = threading.Event()
    threading.Thread(target=_listen, args=(server, cancelled), daemon=True).start()
    server.send(_outcome(order, cancelled))


def _listen(server: Connection, cancelled: threading.Event) -> None:
    """Wait for the server's word, or for its end, which is the end of this process too."""
    try:
        while server.recv_bytes() == _CANCEL:
            cancelled.set()
    except (EOFError, OSError):
        os._exit(1)


def _outcome(order: ImportOrder, cancelled: threading.Event) -> ImportReport | ZonesError:
    try:
        store = open_store(order.store)
        try:
            return _ingested(order, store, cancelled)
        finally:
            store.close()
    except ZonesError as fault:
        return fault
    except Exception as error:
        # Whatever it was, the import must not stay "reading" for ever.
        _LOG.exception({"import": order.id, "error": repr(error)[:1000]})
        return UnexpectedError("import-broken", id=order.id)


def _ingested(order: ImportOrder, store: SqlStore, cancelled: threading.Event) -> ImportReport:
    return ingest(
        order.path,
        order.collection,
        store,
        file_name=order.file_name,
        options=order.options,
        limits=order.limits,
        who=order.who,
        progress=_Progress(store, order.id).tell,
        cancelled=cancelled,
        preview=order.preview,
        import_id=order.id,
    )


@dataclass(slots=True)
class _Progress:
    """Keeps how far an import is, now and then."""

    store: SqlStore
    id: str
    kept_at: float = field(default=0.0)

    def tell(self, stage: str, share: float) -> None:
        """Keep the stage and the fraction done; another one will follow if that cannot be."""
        if time.monotonic() - self.kept_at < _PROGRESS_KEPT_EVERY_S:
            return
        self.kept_at = time.monotonic()
        state: ImportState = "applying" if stage == "applying" else "reading"
        try:
            self.store.imports.update(self.id, state=state, progress=round(share, 3))
        except StoreError as error:
            _LOG.warning({"import": self.id, "progress_not_kept": error.code})
