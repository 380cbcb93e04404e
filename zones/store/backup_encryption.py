"""Copies of a store that only the holder of a key can read: files of the format age.

``age`` (https://age-encryption.org/v1) encrypts and authenticates in pieces of 64 kB, so that a
copy of any size takes little memory, and its own program reads them too:
``age --decrypt --identity key.txt copy.backup``.
"""

from pathlib import Path
from typing import Final

import pyrage
from pyrage.x25519 import Identity, Recipient

from zones.errors import StoreError

_HEADER: Final = b"age-encryption.org/"
_DECRYPTS: Final = "AGE-SECRET-KEY-"


def new_key() -> tuple[str, str]:
    """Return a new key: what encrypts and may be known, and the secret that decrypts."""
    identity = Identity.generate()
    return str(identity.to_public()), str(identity)


def is_encrypted(file: Path) -> bool:
    """Return whether a file begins as those of age do."""
    with file.open("rb") as opened:
        return opened.read(len(_HEADER)) == _HEADER


def encrypt(source: Path, target: Path, *, key: str) -> None:
    """Write an encrypted copy of a file.

    Parameters
    ----------
    key
        ``age1…``, with which nothing can be decrypted, or ``AGE-SECRET-KEY-1…``.

    Raises
    ------
    StoreError
        If the key is neither, or the disk is full or fails.
    """
    recipient = recipient_of(key)
    target.touch(mode=0o600)
    with source.open("rb") as plain, target.open("wb") as written:
        try:
            pyrage.encrypt_io(plain, written, [recipient])
        except pyrage.EncryptError as error:  # what the disk complains of, in other words
            raise StoreError("backup-disk", reason=str(error)) from error


def decrypt(source: Path, target: Path, *, key: str) -> None:
    """Write what an encrypted file holds.

    Raises
    ------
    StoreError
        If the key is not the secret one, or another's, or the file is not whole.
    """
    identity = _identity(source, key)
    target.touch(mode=0o600)
    with source.open("rb") as encrypted, target.open("wb") as written:
        try:
            pyrage.decrypt_io(encrypted, written, [identity])
        except pyrage.DecryptError as error:
            code = "backup-key-other" if "matching keys" in str(error) else "backup-damaged"
            raise StoreError(code, name=source.name) from error
        except OSError as error:
            if error.errno is None:  # a piece that is not authentic, and no fault of the disk
                raise StoreError("backup-damaged", name=source.name) from error
            raise


def recipient_of(key: str) -> Recipient:
    """Return for whom is encrypted.

    Raises
    ------
    StoreError
        If the key is not valid.
    """
    try:
        if key.startswith(_DECRYPTS):
            return Identity.from_str(key).to_public()
        return Recipient.from_str(key)
    except (pyrage.RecipientError, pyrage.IdentityError) as error:
        raise StoreError("backup-key") from error


def _identity(source: Path, key: str) -> Identity:
    if not key.startswith(_DECRYPTS):
        raise StoreError("backup-key-needed", name=source.name)
    try:
        return Identity.from_str(key)
    except pyrage.IdentityError as error:
        raise StoreError("backup-key") from error
