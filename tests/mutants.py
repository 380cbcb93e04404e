"""Seeded damage to sound files: flipped, cut, doubled, moved; the seed alone decides."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

from tests.source_files import zip_of

_TOKENS: Final = [
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"null",
    b"true",
    b'"\\ud800"',
    b"[[[[[[",
    b"{}",
    b"]",
    b"-",
    b"0" * 40,
    b'"type": "Point"',
    b"\xff",
    b"\x00",
    b"999999999999",
]
_VALUES: Final[list[Any]] = [
    None,
    True,
    0,
    -1,
    1e308,
    91.5,
    2**63,
    "",
    "Polygon",
    "a\u0000b",
    "x" * 70_000,
    [],
    {},
    [[]],
    [0, 0],
    [[0, 0], [1, 1], [0, 0]],
    {"type": "Point", "coordinates": [1, 2]},
    {"type": "link", "properties": {"href": "file:///etc/passwd"}},
]
_ZIPPED: Final = frozenset({"shapefile", "filegdb", "kmz", "mapinfo"})
_NUMBERS: Final = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def mutant(good: bytes, kind: str, rng: random.Random) -> bytes:
    """Return a damaged copy of a file of that format."""
    if kind in ("geojson", "esrijson"):
        if rng.random() < 0.6:
            return _with_odd_values(good, rng)
        return _damaged(good, rng, [_flip, _flip, _double, _drop, _insert_token, _cut])
    if kind not in _ZIPPED and not zipfile.is_zipfile(io.BytesIO(good)):
        return _damaged(good, rng, [_flip, _flip, _flip, _number, _double, _drop, _cut])
    if rng.random() < 0.2:
        return _damaged(good, rng, [_flip, _cut, _double])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(rng.randint(1, 2)):
        name = rng.choice(sorted(members))
        members[name] = _damaged(
            members[name], rng, [_flip, _flip, _number, _number, _double, _cut]
        )
    if rng.random() < 0.1:
        members.pop(rng.choice(sorted(members)))
    return zip_of(members)


Damage = Callable[[bytes, random.Random], bytes]


def _damaged(good: bytes, rng: random.Random, ways: list[Damage]) -> bytes:
    for _ in range(rng.randint(1, 4)):
        good = rng.choice(ways)(good, rng) or b"\0"
    return good


def _flip(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _double(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.randint(1, 64))
    return data[:end] + data[start:end] + data[end:]


def _drop(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randint(1, 16) :]


def _insert_token(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.choice(_TOKENS) + data[at + rng.randint(0, 8) :]


def _with_odd_values(data: bytes, rng: random.Random) -> bytes:
    """Return the JSON with some of its values replaced, removed or doubled."""
    root = json.loads(data)
    for _ in range(rng.randint(1, 3)):
        node: Any = root["features"] if rng.random() < 0.9 else root
        while isinstance(node, dict | list) and node:
            place = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
            if not isinstance(node[place], dict | list) or rng.random() < 0.2:
                _change(node, place, rng)
                break
            node = node[place]
    return json.dumps(root).encode()


def _change(node: Any, place: Any, rng: random.Random) -> None:
    way = rng.random()
    if way < 0.2:
        del node[place]
    elif way < 0.4 and isinstance(node, list):
        node.insert(place, deepcopy(node[place]))
    else:
        node[place] = deepcopy(rng.choice(_VALUES))


def _number(data: bytes, rng: random.Random) -> bytes:
    """Put an awkward number where headers keep theirs."""
    at = min(len(data), rng.choice([0, 4, 8, 10, 24, 32, 100, 104, 108, 112, 144, 148, 152]))
    number = rng.choice(_NUMBERS).to_bytes(4, rng.choice(["big", "little"]))
    return data[:at] + number + data[at + 4 :]
