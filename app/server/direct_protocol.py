"""uvicorn's protocol, with direct answers to the requests that can have them."""

import asyncio
from typing import Any, Final, cast

from starlette.types import Scope

from app.server.direct_answers import DirectAnswers
from app.server.utf8_in_addresses import Utf8TargetProtocol

HEADERS_WITHIN_S: Final = 20.0
"""Whoever has not sent the header of a request by then is hung up on: connections that send
nothing would else take the places of all others."""


class DirectProtocol(Utf8TargetProtocol):
    """Asks ``DirectAnswers`` for the answer to whatever arrives as one whole request.

    To the connection such an answer is as any other: its time to stay open begins anew. While one
    before it is on its way, while the client does not read, and when there are too many
    connections, uvicorn does as ever.
    """

    _awaits_request = True
    _begun = 0
    _direct: DirectAnswers | None = None
    _hang_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to listen to a client."""
        super().connection_made(transport)
        self._direct = _direct_answers(self.app)
        self._await_header()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of a client."""
        self._header_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        if self._direct is None:
            super().data_received(data)
        elif self._awaits_request and self._is_free():
            answer = self._direct.answer(data, self.server_state.default_headers, self.client)
            if answer is None:
                self._take_and_learn(data, self._direct)
            else:
                self._header_is_here()
                self._unset_keepalive_if_required()
                self.transport.write(answer)
                self.on_response_complete()
        else:
            self._take(data)

    def _take(self, data: bytes) -> None:
        """Let uvicorn read and answer."""
        self._begun = 0
        super().data_received(data)
        self._awaits_request = self._in_first_line and data.endswith(b"\n")

    def _take_and_learn(self, data: bytes, direct: DirectAnswers) -> None:
        self._take(data)
        if self._awaits_request and self._begun == 1 and self.scope["method"] == "GET":
            direct.learn(data, cast(Scope, self.scope))

    def on_message_begin(self) -> None:
        """Count the requests in what the client sent."""
        self._begun += 1
        self._await_header()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Hand the request on."""
        self._header_is_here()
        super().on_headers_complete()

    def _await_header(self) -> None:
        if self._hang_up is None:
            self._hang_up = self.loop.call_later(HEADERS_WITHIN_S, self._hung_up)

    def _header_is_here(self) -> None:
        if self._hang_up is not None:
            self._hang_up.cancel()
            self._hang_up = None

    def _hung_up(self) -> None:
        self.transport.close()

    def _is_free(self) -> bool:
        """Return whether an answer could be sent at once, and the service takes requests."""
        most = self.limit_concurrency
        is_full = most is not None and max(len(self.connections), len(self.tasks)) >= most
        is_between = self.cycle is None or self.cycle.response_complete
        return is_between and not (is_full or self.pipeline or self.flow.write_paused)


def _direct_answers(app: Any) -> DirectAnswers | None:
    """Return those of an application; whatever stands before it shall see all requests."""
    return getattr(getattr(app, "state", None), "direct", None)
