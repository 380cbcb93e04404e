"""What a worker counts: requests by method and status, how long they took, imports that ended."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

BUCKETS_S: Final = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, float("inf"))


@dataclass(slots=True)
class Counts:
    """Counts of one worker, or of several.

    ``buckets`` counts requests by the position in `BUCKETS_S` of the first bound that is not below
    the seconds they took; ``imports`` by what ended them.
    """

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    buckets: Counter[int] = field(default_factory=Counter)
    imports: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the counts as JSON has them."""
        return {
            "requests": [[*key, count] for key, count in self.requests.items()],
            "buckets": [*self.buckets.items()],
            "imports": [*self.imports.items()],
            "seconds": self.seconds,
        }


def counts_from(document: dict[str, Any]) -> Counts:
    """Return the counts that ``Counts.as_json`` wrote."""
    requests = {(method, status): count for method, status, count in document["requests"]}
    return Counts(
        Counter(requests),
        Counter(dict(document["buckets"])),
        Counter(dict(document["imports"])),
        document["seconds"],
    )


def total_of(several: Iterable[Counts]) -> Counts:
    """Return the sum of counts."""
    total = Counts()
    for each in several:
        total.requests += each.requests
        total.buckets += each.buckets
        total.imports += each.imports
        total.seconds += each.seconds
    return total
