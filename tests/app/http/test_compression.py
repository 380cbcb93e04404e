"""Compressed once, remembered within bounds."""

import gzip
import os

import pytest
from starlette.types import Message

from app.http.compression import LARGEST, SMALLEST, Compressor, is_worth_it
from app.http.raw_headers import accepts


def test_the_same_bytes_are_compressed_once() -> None:
    compressor = Compressor()
    first = compressor.compressed(b"abc" * 1000)
    assert compressor.compressed(b"abc" * 1000) is first
    assert gzip.decompress(first) == b"abc" * 1000


def test_what_was_asked_for_longest_ago_is_forgotten_first() -> None:
    compressor = Compressor(remembered=5000)
    old, used, new = (os.urandom(2000) for _ in range(3))
    kept_old, kept_used = compressor.compressed(old), compressor.compressed(used)
    compressor.compressed(old)
    compressor.compressed(new)
    assert compressor.compressed(old) is kept_old
    assert compressor.compressed(used) is not kept_used


@pytest.mark.parametrize(
    ("size", "media_type", "status", "worth"),
    [
        (SMALLEST, b"application/json", 200, True),
        (SMALLEST - 1, b"application/json", 200, False),
        (LARGEST + 1, b"application/json", 200, False),
        (5000, b"application/geo+json", 200, True),
        (5000, b"text/html; charset=utf-8", 200, True),
        (5000, b"image/png", 200, False),
        (5000, b"application/json", 206, False),
    ],
)
def test_only_what_shrinks_is_compressed(
    size: int, media_type: bytes, status: int, worth: bool
) -> None:
    headers = [(b"content-type", media_type), (b"content-length", str(size).encode())]
    start: Message = {"type": "http.response.start", "status": status, "headers": headers}
    assert is_worth_it(start) is worth


@pytest.mark.parametrize(
    ("header", "taken"),
    [(b"gzip", True), (b"br, GZIP;q=0.5", True), (b"gzip; q=0", False), (b"xgzip", False),
     (None, False)],
)  # fmt: skip
def test_gzip_is_taken_when_it_is_named_and_not_ruled_out(
    header: bytes | None, taken: bool
) -> None:
    assert accepts(header, b"gzip") is taken
