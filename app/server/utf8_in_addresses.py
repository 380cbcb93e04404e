"""Request targets with UTF-8 in them, as people type them at a terminal, are read as if encoded.

A target is ASCII (RFC 9112, 3.2), and the parser of HTTP refuses anything else without a word that
helps. ``curl 'http://…/search?q=三好'`` sends the bytes as they are, so these are written as
percent-encoding would, before the parser sees them.
"""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_ENCODED: Final = [bytes([byte]) if byte < 0x80 else b"%%%02X" % byte for byte in range(256)]  # noqa: PLR2004 - ASCII


def encoded_line(line: bytes) -> bytes:
    """Return bytes with every byte beyond ASCII percent-encoded."""
    return line if line.isascii() else b"".join(_ENCODED[byte] for byte in line)


class Utf8TargetProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, with the first line of each message encoded; bodies are left alone.

    Requests that are sent before the answer to the one before, in one piece with it, are read as
    uvicorn reads them.
    """

    _in_first_line = True

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        if self._in_first_line:
            end = data.find(b"\n") + 1
            self._in_first_line = not end
            if not data.isascii():
                end = end or len(data)
                data = encoded_line(data[:end]) + data[end:]
        super().data_received(data)

    def on_message_complete(self) -> None:
        """Await the first line of the next message."""
        self._in_first_line = True
        super().on_message_complete()
