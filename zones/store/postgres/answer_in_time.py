"""A number asked of the database, with an end to the waiting."""

import selectors
import time

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult


def number_in_time(connection: psycopg.Connection, query: bytes, within_s: float) -> int:
    """Return the one number that a query answers with.

    The driver itself would wait for as long as the network lets it. After a fault the connection
    cannot be used any more.

    Raises
    ------
    psycopg.Error
        If the database answers with a fault, or not in that time.
    """
    pgconn = connection.pgconn
    pgconn.send_query(query)
    deadline = time.monotonic() + within_s
    answer: PGresult | None = None
    while True:
        _wait(pgconn, deadline)
        result = pgconn.get_result()
        if result is None:
            break
        answer = result
    if answer is None or answer.status != ExecStatus.TUPLES_OK:
        words = b"" if answer is None else answer.error_message
        raise psycopg.OperationalError(words.decode(errors="replace"))
    return int(answer.get_value(0, 0) or 0)


def _wait(pgconn: PGconn, deadline: float) -> None:
    """Return when a result can be taken without waiting."""
    with selectors.DefaultSelector() as selector:
        selector.register(pgconn.socket, selectors.EVENT_READ)
        while pgconn.is_busy():
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not selector.select(remaining):
                raise psycopg.OperationalError("no answer in time")
            pgconn.consume_input()
