"""A file of blocks and arrays that is written once, whole, and then only mapped.

::

    header (64 bytes) | blocks | arrays, each from a multiple of 64 on | contents, as JSON

The header names the format and its version, the size of the file, and where the contents stand; it
is written last. Each part has a checksum: those of header, contents and arrays are looked at when a
file is opened, those of blocks when one is first read. A file that was cut, changed, or written by
another version of the program is no segment.
"""

import mmap
import os
import struct
import weakref
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from zones.file_lock import try_lock
from zones.model import JSON

VERSION: Final = 1
"""Of the format and of what is written in it; a file of another version is made anew."""
_MAGIC: Final = b"HPSEG\r\n\x1a"
_HEADER: Final = struct.Struct("<8sIIQQQI")
"""Magic, version, checksum of the contents, size of the file, begin and size of the contents,
checksum of what stands before it."""
_HEADER_BYTES: Final = 64
_ALIGNED: Final = 64
_LITTLE: Final = "<"

Array = NDArray[Any]


class UnsoundSegmentError(ValueError):
    """A file that is no segment, or no longer: cut, changed, or of another version."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where bytes stand in a file, and their checksum."""

    begin: int
    size: int
    checksum: int

    def is_of(self, content: bytes | memoryview) -> bool:
        """Return whether these are the bytes that were written there."""
        return len(content) == self.size and zlib.crc32(content) == self.checksum


class SegmentTooLargeError(OSError):
    """A segment would take more room than there is for it."""


class SegmentWriter:
    """Writes a file front to back; nobody takes it for a segment before ``finish``.

    Parameters
    ----------
    most_bytes
        What the file may take; None for as much as there is.
    """

    def __init__(self, file: BinaryIO, *, most_bytes: int | None = None) -> None:
        self._file = file
        self._most_bytes = most_bytes
        self._arrays: dict[str, JSON] = {}
        self._position = _HEADER_BYTES
        file.write(bytes(_HEADER_BYTES))

    def block(self, content: bytes) -> Place:
        """Append bytes and return where they stand."""
        place = Place(self._position, len(content), zlib.crc32(content))
        self._position += len(content)
        if self._most_bytes is not None and self._position > self._most_bytes:
            raise SegmentTooLargeError("too large")
        self._file.write(content)
        return place

    def array(self, name: str, values: Array) -> None:
        """Append an array under a name."""
        self.block(bytes(-self._position % _ALIGNED))
        little = np.ascontiguousarray(values, values.dtype.newbyteorder(_LITTLE))
        place = self.block(little.tobytes())
        shape: list[JSON] = list(values.shape)
        self._arrays[name] = [little.dtype.str, shape, place.begin, place.size, place.checksum]

    def finish(self, about: Mapping[str, JSON]) -> None:
        """Write what the file says of itself, and the header; then it is on the disk."""
        contents = orjson.dumps({"about": dict(about), "arrays": self._arrays})
        place = self.block(contents)
        head = _HEADER.pack(
            *(_MAGIC, VERSION, place.checksum),
            *(self._position, place.begin, place.size, 0),
        )
        head = head[:-4] + struct.pack("<I", zlib.crc32(head[:-4]))
        self._file.seek(0)
        self._file.write(head)
        self._file.flush()
        os.fsync(self._file.fileno())


class SegmentFile:
    """A file, mapped; arrays are views of the map, and cannot be written to.

    Parameters
    ----------
    path
        The file may be removed while it is mapped, but never changed.

    Raises
    ------
    UnsoundSegmentError
    OSError
        If there is no such file, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        # Open for as long as it is mapped: whoever wants to remove it can see that it is in use.
        self._open = path.open("rb")
        weakref.finalize(self, self._open.close)
        try_lock(self._open.fileno(), shared=True)
        if os.fstat(self._open.fileno()).st_size < _HEADER_BYTES:
            raise UnsoundSegmentError("too short")
        self._map = mmap.mmap(self._open.fileno(), 0, access=mmap.ACCESS_READ)
        contents = orjson.loads(self._sound(self._contents_place()))
        self.about: Mapping[str, Any] = contents["about"]
        self._arrays: dict[str, list[Any]] = contents["arrays"]
        for *_, begin, size, checksum in self._arrays.values():
            self._sound(Place(begin, size, checksum))

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self._map)

    def array(self, name: str) -> Array:
        """Return an array as a view."""
        kind, shape, begin, size, _ = self._arrays[name]
        dtype = np.dtype(kind)
        values = np.frombuffer(self._map, dtype, size // dtype.itemsize, begin)
        return values.reshape(shape)

    def arrays(self) -> dict[str, Array]:
        """Return all arrays by name."""
        return {name: self.array(name) for name in self._arrays}

    def bytes_at(self, begin: int, size: int) -> bytes:
        """Return a copy of bytes, whatever they are."""
        return self._map[begin : begin + size]

    def is_sound(self, place: Place) -> bool:
        """Return whether the bytes are those that were written."""
        with memoryview(self._map) as whole, whole[place.begin : place.begin + place.size] as part:
            return place.is_of(part)

    def _sound(self, place: Place) -> bytes | memoryview:
        if not self.is_sound(place):
            raise UnsoundSegmentError("a checksum is wrong")
        return memoryview(self._map)[place.begin : place.begin + place.size]

    def _contents_place(self) -> Place:
        head = self._map[: _HEADER.size]
        magic, version, checksum, size, begin, length, own = _HEADER.unpack(head)
        if magic != _MAGIC:
            raise UnsoundSegmentError("not a segment")
        if zlib.crc32(head[:-4]) != own:
            raise UnsoundSegmentError("a checksum is wrong")
        if version != VERSION:
            raise UnsoundSegmentError("of another version")
        if size != len(self._map):
            raise UnsoundSegmentError("not of its size")
        return Place(begin, length, checksum)
