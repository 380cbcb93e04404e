"""A key or an account by HTTP's Basic scheme: all that ArcMap and older programs can send.

For reading only: a browser that has been given such a password sends it along with whatever
another site makes it send.
"""

import base64
import binascii
from typing import Final

SCHEME: Final = "basic "


def basic_pair(authorization: bytes) -> tuple[str, str] | None:
    """Return name and password of ``Authorization: Basic …``, None if it has another form."""
    text = authorization.decode("latin-1")
    if not text.lower().startswith(SCHEME):
        return None
    try:
        pair = base64.b64decode(text[len(SCHEME) :].strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    name, colon, password = pair.partition(":")
    return (name, password) if colon and password else None
