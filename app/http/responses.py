"""Answers made of data: each says which revision it shows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

JSON_TYPE = "application/json"
GEOJSON_TYPE = "application/geo+json"
SCHEMA_TYPE = "application/schema+json"
OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"

PUT_TOGETHER: Final = 2**20
"""Bytes; an answer up to that is one piece."""
PIECE: Final = 2**18

REVALIDATE = "no-cache"
"""Keep it, but ask again each time: with the revision as ETag that costs a 304."""


class PartsResponse(Response):
    """An answer whose large parts are sent as they are: put together they were copied at once."""

    def __init__(
        self, parts: Sequence[bytes], *, headers: Mapping[str, str], media_type: str
    ) -> None:
        size = sum(map(len, parts))
        is_small = size <= PUT_TOGETHER
        self._parts = () if is_small else parts
        with_length = headers if is_small else {**headers, "Content-Length": str(size)}
        super().__init__(
            b"".join(parts) if is_small else b"", headers=with_length, media_type=media_type
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        if not self._parts:
            await super().__call__(scope, receive, send)
            return
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        for part in gathered(self._parts, PIECE):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def gathered(parts: Iterable[bytes], least: int) -> Iterator[bytes]:
    """Yield small parts some at a time, large ones in pieces of at most four times ``least``."""
    waiting: list[bytes] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= least:
            whole = b"".join(waiting)
            yield from (whole[at : at + 4 * least] for at in range(0, size, 4 * least))
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def data_response(
    body: bytes | Sequence[bytes],
    revision: int,
    *,
    media_type: str = JSON_TYPE,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer with its ETag and X-Revision; a body may come in parts."""
    all_headers = {
        "ETag": f'"r{revision}"',
        "X-Revision": str(revision),
        "Cache-Control": REVALIDATE,
        **(headers or {}),
    }
    if isinstance(body, bytes):
        return Response(body, headers=all_headers, media_type=media_type)
    return PartsResponse(body, headers=all_headers, media_type=media_type)


def json_response(
    document: object,
    revision: int,
    *,
    media_type: str = JSON_TYPE,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a document as JSON; NaN and infinity become null."""
    body = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    return data_response(body, revision, media_type=media_type, headers=headers)


def state_response(
    document: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a document that changes without a revision, as the state of an import: not kept."""
    all_headers = {"Cache-Control": "no-store", **(headers or {})}
    return Response(orjson.dumps(document), status, all_headers, media_type=JSON_TYPE)
