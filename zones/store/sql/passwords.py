"""Passwords as Argon2id hashes (RFC 9106), made and compared by argon2-cffi."""

import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from zones.errors import ValidationError

SHORTEST: Final = 10
LONGEST: Final = 200
FEWEST_DIFFERENT: Final = 5
"""Characters; length counts for more than kinds of characters (NIST SP 800-63B, 3.1.1.2)."""
LEAST_NAME: Final = 4
"""Characters of a name that a password must not hold; shorter ones are in many words."""

_HASHER: Final = PasswordHasher()
"""The library's usual cost: 64 MB and three passes, about 40 ms."""


def password_hash(password: str, *, name: str) -> str:
    """Return the hash that is kept of a new password.

    Raises
    ------
    ValidationError
        If it is shorter than ten characters or longer than 200, or as easily guessed as the
        name it belongs to or one character again and again.
    """
    text = _normal(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise ValidationError("password-length", shortest=SHORTEST, longest=LONGEST)
    holds_name = len(name) >= LEAST_NAME and name.casefold() in text.casefold()
    if len(set(text)) < FEWEST_DIFFERENT or holds_name:
        raise ValidationError("password-easy", different=FEWEST_DIFFERENT)
    return _HASHER.hash(text)


def is_password(stored: str | None, password: str) -> bool:
    """Return whether a hash is that of the password; as slowly when there is no hash at all.

    Who asks with a name that nobody has cannot tell it by the time that the answer takes.
    """
    try:
        found = _HASHER.verify(stored or _of_nobody(), _normal(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return found and stored is not None


def is_outdated(stored: str) -> bool:
    """Return whether a hash was made at another cost than today's."""
    return _HASHER.check_needs_rehash(stored)


def _normal(password: str) -> str:
    """Return a password as every keyboard sends it: composed characters, full width as half."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


@cache
def _of_nobody() -> str:
    return _HASHER.hash("nobody")
