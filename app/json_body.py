"""A JSON body: parsed strictly, and never nested deeper than anything we ask for."""

from typing import Any, Final

import orjson
from starlette.requests import Request

from app.errors import MediaTypeError, RequestError
from app.responses import JSON_TYPE

DEEPEST: Final = 8


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


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON text in UTF-8.

    Raises
    ------
    RequestError
        If it is no JSON (NaN and Infinity are none), or nested deeper than 8 levels, which
        nothing we take is, and which not everything that we use can write out again.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        reason = str(error)[:100]
        raise RequestError("body-not-json", loc=("body",), reason=reason) from error
    if is_deeper(value, DEEPEST):
        raise RequestError("body-too-deep", loc=("body",), limit=DEEPEST)
    return value


def is_deeper(value: Any, levels: int) -> bool:
    """Return whether arrays and objects are nested in more than so many levels."""
    if not isinstance(value, list | dict):
        return False
    if levels == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value
    return any(is_deeper(each, levels - 1) for each in inner)


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
    value = parse_json(await read_body(request))
    if not isinstance(value, dict):
        example = orjson.dumps(known).decode()
        raise RequestError("body-shape", loc=("body",), example=example)
    for name in value:
        if name not in known:
            shown = name[:80]
            listed = ", ".join(known)
            raise RequestError("body-member-unknown", loc=("body", shown), name=shown, known=listed)
    return value


def text_member(told: dict[str, Any], name: str, *, limit: int, default: str | None = None) -> str:
    """Return a member that is text.

    Raises
    ------
    RequestError
        If it is missing and has no default, is no text, or is too long.
    """
    value = told.get(name, default)
    loc = ("body", name)
    if value is None:
        raise RequestError("parameter-missing", loc=loc, name=name)
    if not isinstance(value, str):
        raise RequestError("text-expected", loc=loc, name=name)
    if len(value) > limit:
        raise RequestError("text-too-long", loc=loc, name=name, limit=limit)
    return value
