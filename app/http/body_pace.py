"""How long a client may take to send a body: so long in all, and not next to nothing at a time."""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.types import Message, Receive

from app.http.fault_status import BodySlowError

GRACE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Pace:
    """What is asked of a sender.

    Parameters
    ----------
    most_s
        Seconds of waiting for the body in all.
    least_rate
        Bytes a second, on the average, once ``GRACE_S`` are over.
    """

    most_s: float
    least_rate: float

    def allowed_s(self, received: int) -> float:
        """Return for how long may have been waited when so many bytes are there."""
        return min(self.most_s, GRACE_S + received / self.least_rate)


class PacedBody:
    """Receives a body; only the time counts that is spent waiting for the client."""

    def __init__(self, receive: Receive, pace: Pace) -> None:
        self._receive = receive
        self._pace = pace
        self._received = 0
        self._waited = 0.0
        self._has_ended = False

    async def receive(self) -> Message:
        """Return the next message.

        Raises
        ------
        BodySlowError
        """
        if self._has_ended:  # what is left to come is that the client goes
            return await self._receive()
        message = await self._in_time()
        self._received += len(message.get("body", b""))
        self._has_ended = not message.get("more_body")
        return message

    async def _in_time(self) -> Message:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._pace.allowed_s(self._received) - self._waited):
                return await self._receive()
        except TimeoutError as error:
            waited = round(self._waited + loop.time() - began)
            raise BodySlowError("body-slow", seconds=waited, received=self._received) from error
        finally:
            self._waited += loop.time() - began
