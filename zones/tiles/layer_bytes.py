"""Writing a layer of a vector tile (specification 2.1) as protocol buffer bytes.

A feature's message is made of nothing but varints: its fields' tags, lengths, identifier, numbers
of attributes and geometry commands. So all features of a layer are laid out as one array of
integers and encoded at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zones.ragged_arrays import Integers, offsets_of, ranges, run_sums
from zones.tiles.paths import GeomType
from zones.tiles.varints import Unsigned, encode_varints, varint, varint_sizes

EXTENT: Final = 4096
"""Units along a tile's side."""

_LAYER: Final = b"\x1a"  # tile, field 3, bytes
_NAME: Final = b"\x0a"  # layer, field 1, bytes
_VERSION: Final = b"\x78\x02"  # layer, field 15, varint: 2
_FEATURE: Final = 0x12  # layer, field 2, bytes
_ID: Final = 0x08  # feature, field 1, varint
_TAGS: Final = 0x12  # feature, field 2, packed varints
_TYPE: Final = 0x18  # feature, field 3, varint
_GEOMETRY: Final = 0x22  # feature, field 4, packed varints


@dataclass(frozen=True, slots=True)
class Features:
    """Features of one kind, ready to be written.

    Attributes
    ----------
    order
        Which feature is to be written first, which second, and so on.
    ids
        Of each feature; not negative.
    tags, tag_offsets
        Numbers of keys and values, and where those of each feature begin.
    commands, command_offsets
        Geometry commands, and where those of each feature begin.
    """

    kind: GeomType
    order: Integers
    ids: Integers
    tags: NDArray[np.uint32]
    tag_offsets: Integers
    commands: NDArray[np.uint32]
    command_offsets: Integers


def write_layer(name: str, features: bytes, dictionaries: bytes) -> bytes:
    """Return a layer as it stands in a tile; tiles are layers one after the other."""
    text = name.encode()
    extent = b"\x28" + varint(EXTENT)
    body = b"".join(
        [_VERSION, _NAME, varint(len(text)), text, features, dictionaries, extent],
    )
    return _LAYER + varint(len(body)) + body


def write_features(features: Features) -> tuple[bytes, Integers]:
    """Return the messages of all features, and how many bytes that of each takes."""
    tag_sizes = run_sums(varint_sizes(features.tags), features.tag_offsets)
    command_sizes = run_sums(varint_sizes(features.commands), features.command_offsets)
    sizes = (
        (1 + varint_sizes(features.ids))
        + (1 + varint_sizes(tag_sizes) + tag_sizes)
        + len((_TYPE, features.kind))
        + (1 + varint_sizes(command_sizes) + command_sizes)
    )
    # A feature without attributes has a field of tags of no length.
    head = (_FEATURE, sizes, _ID, features.ids, _TAGS, tag_sizes)
    middle = (_TYPE, int(features.kind), _GEOMETRY, command_sizes)
    items = _laid_out(features, head, middle)
    return encode_varints(items).tobytes(), 1 + varint_sizes(sizes) + sizes


def _laid_out(
    features: Features, head: Sequence[int | Integers], middle: Sequence[int | Integers]
) -> Unsigned:
    """Return every varint of every feature: head, tags, middle, commands; the first one first."""
    tags, commands = np.diff(features.tag_offsets), np.diff(features.command_offsets)
    counts = len(head) + tags + len(middle) + commands
    start = np.empty_like(counts)
    start[features.order] = offsets_of(counts[features.order])[:-1]
    wide = int(features.ids.max(initial=0)) > np.iinfo(np.uint32).max
    items = np.empty(counts.sum(), dtype=np.uint64 if wide else np.uint32)
    for at, values in ((start, head), (start + len(head) + tags, middle)):
        for step, value in enumerate(values):
            items[at + step] = value
    items[ranges(start + len(head), tags)] = features.tags
    items[ranges(start + len(head) + tags + len(middle), commands)] = features.commands
    return items
