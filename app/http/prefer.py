"""The Prefer header (RFC 7240): for how long a client would rather wait than ask again."""

import re
from typing import Final

from starlette.requests import Request

LONGEST_WAIT_S: Final = 60.0
_WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?([0-9]{1,6})"?\s*(?=$|[,;])', re.IGNORECASE)


def preferred_wait(request: Request) -> float | None:
    """Return the seconds of ``Prefer: wait=N``, at most 60; None when nothing is preferred.

    A preference that cannot be understood is passed over, as the RFC asks.
    """
    match = _WAIT.search(request.headers.get("prefer", ""))
    return min(float(match[1]), LONGEST_WAIT_S) if match else None
