"""How often something failed lately, by where it came from."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

FAILURES_ALLOWED: Final = 10
FAILURES_WITHIN_S: Final = 60.0
ADDRESSES_WATCHED: Final = 10_000


class FailureCount:
    """Failures by address, or by whatever tells sources apart, over some time, in this worker.

    Parameters
    ----------
    allowed, within_s
        So many in so many seconds; then there is a wait.
    """

    def __init__(
        self,
        allowed: int = FAILURES_ALLOWED,
        within_s: float = FAILURES_WITHIN_S,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowed = allowed
        self._within_s = within_s
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def add(self, address: str) -> None:
        """Note a failure from the address."""
        times = self._failures.setdefault(address, deque(maxlen=self._allowed))
        times.append(self._clock())
        self._failures.move_to_end(address)
        while len(self._failures) > ADDRESSES_WATCHED:
            self._failures.popitem(last=False)

    def forget(self, address: str) -> None:
        """Begin anew for an address."""
        self._failures.pop(address, None)

    def seconds_to_wait(self, address: str) -> int:
        """Return for how long an address has to wait; 0 when it need not."""
        times = self._failures.get(address)
        if times is None or len(times) < self._allowed:
            return 0
        return max(0, int(times[0] + self._within_s - self._clock() + 0.999))
