"""A network before a database that can be cut: nothing gets through, and nothing ends."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

_AT_ONCE: Final = 65_536


class Wire:
    """Forwards connections to a database's socket until it is cut, and again once it is mended."""

    def __init__(self, target: Path) -> None:
        self._target = str(target)
        self._whole = threading.Event()
        self._whole.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where the service finds its database."""
        port: int = self._listener.getsockname()[1]
        return port

    def cut(self) -> None:
        """Swallow what is sent, on connections that are there and on new ones."""
        self._whole.clear()

    def mend(self) -> None:
        """Let new connections through; those from before are reset."""
        for end in self._ends:
            _close(end)
        self._ends.clear()
        self._whole.set()

    def close(self) -> None:
        """End all connections."""
        _close(self._listener)
        self.mend()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._ends.append(client)
                if self._whole.is_set():
                    self._join(client)

    def _join(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self._target)
        except OSError:
            _close(client)
            return
        self._ends.append(server)
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._forward, args=(source, target), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(_AT_ONCE):
                if self._whole.is_set():
                    target.sendall(content)
        if self._whole.is_set():
            _close(source)
            _close(target)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
