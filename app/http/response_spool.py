"""Answers that wait for a client to take them: the first in memory, what is more on disk.

Many clients send a whole request before they read the first byte of the answer. Were they kept
waiting with their sending until they read, both sides would wait for ever.
"""

import asyncio
import os
import tempfile
from collections import deque
from pathlib import Path
from typing import Final

import anyio.to_thread

from app.http.disk_full import disk_faults
from app.http.fault_status import TooLargeError

IN_MEMORY: Final = 4 * 2**20
PIECE: Final = 2**20
PATIENCE_S: Final = 60.0
"""For so long a full spool waits for its reader before it gives up."""


class Spool:
    """A queue of bytes for one writer and one reader, in one event loop."""

    def __init__(self, folder: Path, *, limit_mb: int) -> None:
        self._folder = folder
        self._limit_mb = limit_mb
        self._pieces: deque[bytes] = deque()
        self._in_memory = 0
        self._file: int | None = None
        self._written = self._read = 0
        self._ended = False
        self._more, self._room = asyncio.Event(), asyncio.Event()

    async def put(self, piece: bytes) -> None:
        """Append a piece; waits for the reader only when the disk's share is full.

        Raises
        ------
        TooLargeError
            ``bulk-unread`` when the reader takes nothing for a minute.
        StoreError
            If the disk is full, or fails.
        """
        if self._written == self._read and self._in_memory + len(piece) <= IN_MEMORY:
            self._pieces.append(piece)
            self._in_memory += len(piece)
        else:
            await self._wait_for_room(len(piece))
            await anyio.to_thread.run_sync(self._write, piece)
        self._more.set()

    def end(self) -> None:
        """Say that nothing more will come."""
        self._ended = True
        self._more.set()

    async def take(self) -> bytes:
        """Return the next bytes, waiting for them; nothing when the end is reached."""
        while not self._pieces and self._written == self._read:
            if self._ended:
                return b""
            self._more.clear()
            await self._more.wait()
        if self._pieces:
            piece = self._pieces.popleft()
            self._in_memory -= len(piece)
        else:
            piece = await anyio.to_thread.run_sync(self._read_piece)
        self._room.set()
        return piece

    def close(self) -> None:
        """Give the disk back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    async def _wait_for_room(self, size: int) -> None:
        while self._written - self._read + size > self._limit_mb * 2**20:
            self._room.clear()
            try:
                await asyncio.wait_for(self._room.wait(), PATIENCE_S)
            except TimeoutError as error:
                raise TooLargeError("bulk-unread", limit_mb=self._limit_mb) from error

    def _write(self, piece: bytes) -> None:
        with disk_faults("answer"):
            if self._file is None:
                # Without a name: the kernel takes it back, however the process ends.
                self._file, name = tempfile.mkstemp(prefix="answers-", dir=self._folder)
                os.unlink(name)
            rest = memoryview(piece)
            while rest:
                done = os.pwrite(self._file, rest, self._written)
                self._written += done
                rest = rest[done:]

    def _read_piece(self) -> bytes:
        assert self._file is not None  # noqa: S101 - something was written
        piece = os.pread(self._file, min(PIECE, self._written - self._read), self._read)
        self._read += len(piece)
        return piece
