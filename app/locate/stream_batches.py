"""Streams of points under way: read, answered and sent a piece at a time.

One thread of a process works for all of them, a short while for each in turn, so that the event
loop and with it single look-ups go on. What a client does not take yet waits in a spool.
"""

import asyncio
import logging
import time
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterator,
    Mapping,
)
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import anyio
import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.http.fault_status import TooLargeError, TooManyError
from app.http.language import requested_language
from app.http.response_spool import Spool
from app.http.table_reading_notes import NOTES_HEADER, notes_header
from app.settings import Settings
from zones.errors import ZonesError
from zones.sandbox.limits import Limits
from zones.streams.stream_base import PointStream

GATHERED: Final = 256 * 1024
"""Bytes of the body that are handed to the thread at once."""
ANSWERED, TURN_S = 2**20, 0.05
"""Bytes of answers, and seconds, that the thread works for before others have their turn."""
FIRST_BYTES: Final = 256 * 1024
"""Bytes of an answer before it begins: a fault in a small file is told by the status."""
AT_WORK_S: Final = 0.02
"""Until a stream is asked again that waits for another process."""
RETRY_AFTER_S: Final = 10
T = TypeVar("T")
log = logging.getLogger("zones.batches")


class Batches:
    """What all streams of this process share."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._running = 0
        self._limiter = anyio.CapacityLimiter(1)

    def answer(
        self, request: Request, stream: PointStream, headers: Mapping[str, str]
    ) -> "StreamedAnswer":
        """Return the answer to a request whose body goes through ``stream``.

        Raises
        ------
        TooManyError
            As many are under way as may be.
        """
        if self._running >= self._settings.max_batches:
            raise TooManyError("bulk-busy", seconds=RETRY_AFTER_S)
        return StreamedAnswer(self, request, stream, headers)

    async def run(self, answer: "StreamedAnswer", send: Send) -> None:
        """Read, answer and send until all is done."""
        spool = Spool(self._folder, limit_mb=self._settings.batch_spool_mb)
        self._running += 1
        reading = asyncio.ensure_future(self._fill(spool, answer))
        try:
            await _drain(spool, answer, send, reading)
        except ZonesError as fault:
            if not answer.has_begun:
                raise
            # Too late for a problem document: that the answer breaks off must say it.
            log.warning({"message": "stream broken off", "fault": str(fault.text("en"))})
            raise ClientDisconnect from fault
        finally:
            self._running -= 1
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            spool.close()

    async def _fill(self, spool: Spool, answer: "StreamedAnswer") -> None:
        try:
            async for piece in self._answers(answer.request, answer.stream):
                await spool.put(piece)
        finally:
            spool.end()

    async def _answers(self, request: Request, stream: PointStream) -> AsyncIterator[bytes]:
        deadline = time.monotonic() + self._settings.batch_wall_s
        async for part in _gathered(request):
            answers = await self._in_turn(partial(stream.add, part))
            async for piece in self._taken(answers, stream, deadline, _pause):
                yield piece
        rest = await self._in_turn(stream.end)
        try:
            waiting = partial(_pause_if_there, request)
            async for piece in self._taken(rest, stream, deadline, waiting):
                yield piece
        finally:
            # Whatever works for the stream ends with it, also when the client has gone.
            if isinstance(rest, Generator):
                rest.close()

    async def _taken(
        self,
        answers: Iterator[bytes],
        stream: PointStream,
        deadline: float,
        pause: Callable[[], Awaitable[None]],
    ) -> AsyncIterator[bytes]:
        """Yield the answers a little at a time: a small body may have a large answer."""
        more = True
        while more:
            pieces, more = await self._in_turn(partial(_some, answers))
            self._check(stream, deadline)
            for piece in pieces:
                if piece:
                    yield piece
                else:
                    await pause()

    async def _in_turn(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    def _check(self, stream: PointStream, deadline: float) -> None:
        if stream.tally.rows > self._settings.max_batch_rows:
            raise TooLargeError("bulk-too-many-rows", limit=self._settings.max_batch_rows)
        if time.monotonic() > deadline:
            raise TooLargeError("bulk-took-too-long", seconds=self._settings.batch_wall_s)


def batch_limits(settings: Settings) -> Limits:
    """Return the limits of a process that reads a stream's file."""
    return Limits(
        cpu_s=settings.batch_wall_s,
        wall_s=settings.batch_wall_s,
        mem_mb=settings.import_mem_mb,
        file_mb=settings.batch_spool_mb,
    )


class StreamedAnswer(Response):
    """An answer that begins when whole or ``FIRST_BYTES`` long; until then a fault is a problem."""

    def __init__(
        self, batches: Batches, request: Request, stream: PointStream, headers: Mapping[str, str]
    ) -> None:
        super().__init__(headers=dict(headers))
        self.batches = batches
        self.request = request
        self.stream = stream
        self.has_begun = False

    async def begin(self, send: Send) -> None:
        """Send the headers: the length is not known, and the type only now.

        How the table was read is told as far as it is by then: wholly if it is a small one.
        """
        self.has_begun = True
        other_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]
        headers = [*other_headers, (b"content-type", self.stream.media_type.encode())]
        if remarks := self.stream.tally.remarks:
            headers.append((NOTES_HEADER, notes_header(remarks, requested_language(self.request))))
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        await self.batches.run(self, send)


async def _drain(
    spool: Spool, answer: StreamedAnswer, send: Send, reading: "asyncio.Future[None]"
) -> None:
    """Send what the spool gives; a fault of the reading side is raised as soon as it is known."""
    piece = await _first(spool)
    if len(piece) < FIRST_BYTES or reading.done():
        await reading
    await answer.begin(send)
    while piece:
        if reading.done():
            reading.result()
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        piece = await spool.take()
    await reading
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _first(spool: Spool) -> bytes:
    """Return ``FIRST_BYTES`` bytes or some more; fewer when that is all."""
    buffer = bytearray()
    while len(buffer) < FIRST_BYTES and (piece := await spool.take()):
        buffer += piece
    return bytes(buffer)


async def _gathered(request: Request) -> AsyncIterator[bytes]:
    """Yield the body in pieces that are worth a change of threads."""
    waiting: list[bytes] = []
    size = 0
    async for piece in request.stream():
        waiting.append(piece)
        size += len(piece)
        if size >= GATHERED:
            yield b"".join(waiting)
            waiting, size = [], 0
    if size:
        yield b"".join(waiting)


async def _pause() -> None:
    await asyncio.sleep(AT_WORK_S)


async def _pause_if_there(request: Request) -> None:
    """Wait a moment for another process, unless nobody waits for its answer any more.

    To be asked when the body is read: what is left to come then is that the client has gone.
    """
    if await request.is_disconnected():
        raise ClientDisconnect
    await _pause()


def _some(answers: Iterator[bytes]) -> tuple[list[bytes], bool]:
    """Return the next pieces, and whether there are more; an empty one asks for a pause."""
    pieces: list[bytes] = []
    size, turn_ends = 0, time.monotonic() + TURN_S
    for piece in answers:
        pieces.append(piece)
        size += len(piece)
        if size >= ANSWERED or not piece or time.monotonic() > turn_ends:
            return pieces, True
    return pieces, False
