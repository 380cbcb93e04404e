"""The fids of a segment: by row, and the row of one."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from typing import Final, overload

import numpy as np

from zones.ragged_arrays import Integers, offsets_of
from zones.segment_files.decimal_fids import decimal_numbers
from zones.segment_files.file_layout import Array

_HASH_BYTES: Final = 8


def keys_of(fids: Sequence[str]) -> dict[str, Array]:
    """Return the arrays that ``Fids`` reads."""
    encoded = [fid.encode() for fid in fids]
    hashes = np.array([_hash(each) for each in encoded], np.uint64)
    order = np.argsort(hashes, kind="stable")
    return {
        "fids": np.frombuffer(b"".join(encoded), np.uint8),
        "fid_offsets": offsets_of(np.array([*map(len, encoded)], np.int64)),
        "fid_hashes": hashes[order],
        "fid_rows": order.astype(np.int32),
    }


class Fids(Sequence[str]):
    """The fids in the order of the rows."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._bytes = arrays["fids"]
        self._offsets = arrays["fid_offsets"]
        self._hashes = arrays["fid_hashes"]
        self._rows = arrays["fid_rows"]

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> list[str]: ...
    def __getitem__(self, row: int | slice) -> str | list[str]:
        if isinstance(row, slice):
            return [self[i] for i in range(*row.indices(len(self)))]
        begin, end = self._offsets[row], self._offsets[row + 1]
        return self._bytes[begin:end].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        whole, offsets = self._bytes.tobytes(), self._offsets.tolist()
        return (whole[begin:end].decode() for begin, end in pairwise(offsets))

    def __contains__(self, fid: object) -> bool:
        return isinstance(fid, str) and self.row_of(fid) is not None

    @cached_property
    def are_decimal(self) -> bool:
        """Whether every fid is a number; see ``decimal_numbers``."""
        return self.numbers() is not None

    def numbers(self) -> Integers | None:
        """Return the fids as numbers in the order of the rows, None if one is none."""
        return decimal_numbers(self._bytes, self._offsets)

    def row_of(self, fid: str) -> int | None:
        """Return the row of a fid, None if there is none."""
        hash_of_fid = np.uint64(_hash(fid.encode("utf-8", "replace")))
        at = int(np.searchsorted(self._hashes, hash_of_fid))
        while at < len(self._hashes) and self._hashes[at] == hash_of_fid:
            row = int(self._rows[at])
            if self[row] == fid:
                return row
            at += 1
        return None


def _hash(encoded: bytes) -> int:
    return int.from_bytes(blake2b(encoded, digest_size=_HASH_BYTES).digest(), "little")
