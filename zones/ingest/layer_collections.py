"""What the layers of a file are called as collections of their own: ids and titles."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from zones.properties.one_map_dictionary import layer_title
from zones.search.pinyin import readings

_LONGEST: Final = 48
_OTHER: Final = re.compile(r"[^a-z0-9]+")


def collection_ids(layers: Sequence[str], prefix: str = "") -> dict[str, str]:
    """Return an id for each layer, each once: its letters, or how its characters are read.

    Examples
    --------
    >>> collection_ids(["GHFQ", "地块", "地块 ", "2026"])
    {'GHFQ': 'ghfq', '地块': 'di_kuai', '地块 ': 'di_kuai_2', '2026': 'layer_2026'}
    """
    found: dict[str, str] = {}
    for layer in layers:
        base = "_".join(filter(None, (prefix, _plain(layer))))
        if not base[:1].isalpha():
            base = f"layer_{base}".rstrip("_")
        found[layer] = next(each for each in _numbered(base) if each not in found.values())
    return found


def collection_title(layer: str) -> str:
    """Return what a layer's collection is called where nobody says otherwise."""
    return layer_title(layer) or layer


def _plain(layer: str) -> str:
    read = next(iter(readings(layer)), ())
    words = "_".join(read) if read else layer
    return _OTHER.sub("_", words.lower()).strip("_")[:_LONGEST].strip("_")


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}_{number}"
        number += 1
