"""The process that carries out one order of the server, and what it has loaded before it is forked.

It has a reading process forked from itself before it learns what to do, which then need not be
started.
"""

import logging
import os
import threading
from multiprocessing.connection import Connection
from typing import Any, Final, TypeVar

from opentelemetry import trace

from app.edits import check_edit_job  # noqa: F401 - the orders there are
from app.http.fault_status import UnexpectedError
from app.imports import import_job  # noqa: F401 - loaded before the fork
from app.observe.log_lines import write_json_lines
from app.worker import segment_job  # noqa: F401 - one of the orders, too
from app.worker.process_spans import collected
from app.worker.run_in_process import CANCEL, WorkItem
from zones.errors import ZonesError
from zones.ingest.preforked_reader import prefork_reader
from zones.memory.gc_short_lived import collect_seldom

T = TypeVar("T")

_LOG = logging.getLogger("zones.imports")

_NICER: Final = 5
"""Look-ups come first; not by more, since the store is locked for a moment."""


def run_order(server: Connection) -> None:
    """Carry out what the server wants and tell what came of it; the whole life of a process."""
    os.nice(_NICER)
    collect_seldom()
    write_json_lines()
    prefork_reader()  # before anything is known that a foreign file must not see
    try:
        item, traceparent = _order(server)
    except EOFError:
        return
    cancelled = threading.Event()
    threading.Thread(target=_listen, args=(server, cancelled), daemon=True).start()
    with collected(traceparent) as spans:
        outcome = _traced(item, cancelled)
    server.send((outcome, spans))


def _order(server: Connection) -> tuple[WorkItem[Any], str]:
    """Return what to do, and the span of the request that wants it; empty if none is traced."""
    received: tuple[WorkItem[Any], str] = server.recv()
    return received


def _listen(server: Connection, cancelled: threading.Event) -> None:
    """Wait for the server's word, or for its end, which is the end of this process too."""
    try:
        while server.recv_bytes() == CANCEL:
            cancelled.set()
    except (EOFError, OSError):
        os._exit(1)


def _traced(item: WorkItem[T], cancelled: threading.Event) -> T | ZonesError:
    attributes: dict[str, str | int] = {"process.pid": os.getpid(), "zones.order": item.id}
    tracer = trace.get_tracer(__name__)
    name = f"process {type(item).__name__}"
    with tracer.start_as_current_span(name, attributes=attributes) as span:
        outcome = _outcome(item, cancelled)
        if isinstance(outcome, ZonesError):
            span.set_status(trace.StatusCode.ERROR, outcome.code)
    return outcome


def _outcome(item: WorkItem[T], cancelled: threading.Event) -> T | ZonesError:
    try:
        return item.run(cancelled)
    except ZonesError as fault:
        return fault
    except Exception as error:
        # Whatever it was, an import must not stay "reading" for ever.
        _LOG.exception({"import": item.id, "error": repr(error)[:1000]})
        return UnexpectedError("import-broken", id=item.id)
