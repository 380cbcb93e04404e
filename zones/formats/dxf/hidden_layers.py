"""Which layers of a drawing are off or frozen, by its table of layers."""

import re
from collections.abc import Iterator
from typing import Final

from zones.formats.dxf.values import read_text

_LAYER: Final = re.compile(
    rb"\n[ \t]*0[ \t]*\r?\n[ \t]*LAYER[ \t]*\r?\n"
    rb"((?:[ \t]*[1-9][0-9]*[ \t]*\r?\n[^\r\n]*\r?\n)+)"
)
_NAME, _COLOUR, _FLAGS = b"2", b"62", b"70"
_FROZEN = 1


def hidden_layers(head: bytes, codec: str) -> Iterator[str]:
    """Yield the names of layers that are off (a negative colour) or frozen.

    Parameters
    ----------
    head
        The beginning of the drawing, with its tables.
    """
    for found in _LAYER.findall(head):
        lines = found.splitlines()
        tags = dict(zip(map(bytes.strip, lines[::2]), map(bytes.strip, lines[1::2]), strict=False))
        is_off = tags.get(_COLOUR, b"").startswith(b"-")
        flags = tags.get(_FLAGS, b"")
        if is_off or (flags.isdigit() and int(flags) & _FROZEN):
            yield read_text(tags.get(_NAME, b""), codec)
