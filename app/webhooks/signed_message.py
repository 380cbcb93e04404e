"""What a receiver is sent of a revision, signed as Standard Webhooks 1.0 has it.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

import orjson

from zones.model import Revision


@dataclass(frozen=True, slots=True)
class Message:
    """A body and its id, which is the same each time it is sent."""

    id: str
    body: bytes


def message_of(revision: Revision, public_url: str) -> Message:
    """Return what is told of a revision: which collections it changed, by whom and why.

    What private collections have in it is to be left out before.
    """
    base = public_url.rstrip("/")
    told: dict[str, Any] = {
        "type": "revision",
        "timestamp": revision.at,
        "data": {
            "revision": revision.number,
            "who": revision.note.who,
            "why": revision.note.why,
            "collections": [_collection(id_, base) for id_ in revision.collections],
        },
    }
    # The time is part of the id: a store that was restored counts on from an older revision.
    seconds = int(revision.at.timestamp())
    return Message(f"r{revision.number}-{seconds}", orjson.dumps(told, option=orjson.OPT_UTC_Z))


def signed_headers(message: Message, key: bytes, *, seconds: int) -> dict[str, str]:
    """Return the header fields of a message that is sent at a time, in seconds since 1970."""
    signed = b".".join((message.id.encode(), str(seconds).encode(), message.body))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "heping-zones",
        "webhook-id": message.id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _collection(id_: str, base: str) -> dict[str, str]:
    return {"id": id_, "href": f"{base}/collections/{id_}"} if base else {"id": id_}
