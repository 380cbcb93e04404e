"""A JSON body: parsed strictly, and never nested deeper than anything we ask for."""

import codecs
import math
import re
from collections.abc import Iterable
from typing import Any, Final

import orjson
from starlette.requests import Request

from app.http.fault_status import MediaTypeError, RequestError
from app.http.responses import JSON_TYPE
from zones.geojson.duplicate_members import repeated_member

DEEPEST: Final = 8
_SHOWN: Final = 40
_LONGEST_NUMBER: Final = 8000
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


async def read_body(request: Request) -> bytes:
    """Return the body of a request that says it is JSON.

    Raises
    ------
    MediaTypeError
        If it says anything else, or nothing.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != JSON_TYPE:
        raise MediaTypeError("media-unsupported", given=media_type[:80], accepted=JSON_TYPE)
    return await request.body()


def parse_json(body: bytes, *, levels: int = DEEPEST) -> Any:
    """Return the value of a JSON text in UTF-8.

    Raises
    ------
    RequestError
        If it is no JSON (NaN and Infinity are none), or nested deeper than ``levels``, which not
        everything that we use can write out again.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _not_json(body, error) from error
    if is_deeper(value, levels):
        raise RequestError("body-too-deep", loc=("body",), limit=levels)
    return value


def _not_json(body: bytes, error: orjson.JSONDecodeError) -> RequestError:
    """Return in our own words where a text stops being JSON, or which number is too large."""
    text = body.decode(errors="replace")
    bad = text.find("\ufffd") if error.pos == 0 else error.pos  # all the text, if it is no UTF-8
    start = max(bad, 0)
    rest = text[start : start + _LONGEST_NUMBER]
    number = _NUMBER.match(rest)
    if number and math.isinf(float(number[0])):
        return RequestError("number-not-kept", loc=("body",), given=number[0][:_SHOWN])
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    near = rest[:_SHOWN]
    return RequestError("body-not-json", loc=("body",), line=line, column=column, near=near)


def refuse_repeated(body: bytes, value: Any) -> None:
    """Refuse a text with an object that names a member twice: the parser keeps the last.

    Raises
    ------
    RequestError
    """
    twice = repeated_member(body.removeprefix(codecs.BOM_UTF8), value)
    if twice is not None:
        raise RequestError("body-member-repeated", loc=("body", twice), name=twice)


def is_deeper(value: Any, levels: int) -> bool:
    """Return whether arrays and objects are nested in more than so many levels."""
    reached = _nested([value])
    for _ in range(levels):
        if not reached:
            return False
        reached = [
            inner
            for each in reached
            for inner in _nested(each.values() if isinstance(each, dict) else each)
        ]
    return bool(reached)


def _nested(values: Iterable[Any]) -> list[list[Any] | dict[str, Any]]:
    return [each for each in values if isinstance(each, list | dict)]


async def read_object(request: Request, *, known: dict[str, str]) -> dict[str, Any]:
    """Return the members of a JSON object.

    Parameters
    ----------
    known
        The members that it may have, each with an example.

    Raises
    ------
    RequestError, MediaTypeError
    """
    body = await read_body(request)
    value = parse_json(body)
    if not isinstance(value, dict):
        example = orjson.dumps(known).decode()
        raise RequestError("body-shape", loc=("body",), example=example)
    refuse_repeated(body, value)
    for name in value:
        if name not in known:
            shown = name[:80]
            listed = ", ".join(known)
            raise RequestError("body-member-unknown", loc=("body", shown), name=shown, known=listed)
    return value


def text_member(
    document: dict[str, Any], name: str, *, limit: int, default: str | None = None
) -> str:
    """Return a member that is text.

    Raises
    ------
    RequestError
        If it is missing and has no default, is no text, or is too long.
    """
    value = document.get(name, default)
    loc = ("body", name)
    if value is None:
        raise RequestError("parameter-missing", loc=loc, name=name)
    if not isinstance(value, str):
        raise RequestError("text-expected", loc=loc, name=name)
    if len(value) > limit:
        raise RequestError("text-too-long", loc=loc, name=name, limit=limit)
    return value
