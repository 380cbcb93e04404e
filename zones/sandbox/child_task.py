"""What a job in the reading process works on, and how its faults travel to the parent."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from zones.errors import CoordinateError, SourceError, SourceLimitError, UnknownCRSError, ZonesError
from zones.messages import catalogue, say
from zones.sandbox.limits import Limits

_LONGEST_PARAM = 400
_MOST_PARAMS = 20
_MOST_LOC = 6
_TRAVELLING: dict[str, type[ZonesError]] = {
    kind.__name__: kind
    for kind in (SourceError, SourceLimitError, UnknownCRSError, CoordinateError)
}


@dataclass(frozen=True, slots=True)
class ReadTask:
    """What a job works on: the file, its own empty folder, and where rows of the answer go.

    ``progress`` takes the fraction done, 0 to 1; ``checking`` the number of a feature that may
    take long, so that it can be named if it takes too long. ``files``
    closes others that were opened.
    """

    source: BinaryIO
    folder: Path
    rows: BinaryIO
    limits: Limits
    progress: Callable[[float], None] = lambda fraction: None
    checking: Callable[[int], None] = lambda number: None
    files: ExitStack = field(default_factory=ExitStack)


Job = Callable[[dict[str, Any], ReadTask], dict[str, Any]]


def fault_as_json(fault: ZonesError) -> dict[str, Any]:
    """Return a fault as ``fault_from_json`` takes it."""
    params = {
        name: value if isinstance(value, int | float | bool) else str(value)[:_LONGEST_PARAM]
        for name, value in fault.params.items()
    }
    kind = type(fault).__name__
    return {"kind": kind, "code": fault.code, "loc": list(fault.loc), "params": params}


def fault_from_json(document: object) -> ZonesError:
    """Return the fault that another process told of, trusting nothing it says.

    A kind that is not expected becomes ``SourceError``; a code that no catalogue has, or whose
    values are missing, becomes ``source-unreadable``. Values are text to show.
    """
    fields = document if isinstance(document, dict) else {}
    kind = _TRAVELLING.get(str(fields.get("kind")), SourceError)
    code, params = str(fields.get("code")), shown_params(fields.get("params"))
    loc = fields.get("loc")
    places = (
        tuple(part for part in loc if isinstance(part, str | int)) if isinstance(loc, list) else ()
    )
    if not can_say(code, params):
        return SourceError("source-unreadable")
    return kind(code, loc=places[:_MOST_LOC], **params)


def shown_params(document: object) -> dict[str, str | int | float | bool]:
    """Return the values of a message as plain scalars, cut to a length fit to show."""
    if not isinstance(document, dict):
        return {}
    return {
        str(name): value if isinstance(value, int | float | bool) else str(value)[:_LONGEST_PARAM]
        for name, value in list(document.items())[:_MOST_PARAMS]
    }


def can_say(code: str, params: dict[str, str | int | float | bool]) -> bool:
    """Return whether the catalogue has the code and finds all values its words name."""
    if code not in catalogue():
        return False
    try:
        return bool(say(code, "zh", **params)) and bool(say(code, "en", **params))
    except (KeyError, ValueError, TypeError):
        return False
