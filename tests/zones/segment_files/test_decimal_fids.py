"""Fids that are numbers are found as a plain reading of each finds them."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from zones.ragged_arrays import offsets_of
from zones.segment_files.decimal_fids import LARGEST, decimal_fids, decimal_numbers

NUMBERS = st.one_of(
    st.integers(0, 2**60).map(str), st.sampled_from([str(LARGEST), str(LARGEST + 1), "0", "00"])
)
FIDS = st.lists(st.one_of(NUMBERS, NUMBERS, st.text(max_size=3)), max_size=5)


def one_by_one(fids: list[str]) -> list[int] | None:
    """Return the fids as numbers; None if one is none."""
    plain = all(re.fullmatch("0|[1-9][0-9]*", fid) and int(fid) <= LARGEST for fid in fids)
    return [int(fid) for fid in fids] if plain else None


@given(FIDS)
@examples(200)
def test_numbers_are_those_of_a_plain_reading(fids: list[str]) -> None:
    encoded = [fid.encode() for fid in fids]
    offsets = offsets_of(np.array([*map(len, encoded)], np.int64))
    joined = np.frombuffer(b"".join(encoded), np.uint8)
    for found in (decimal_fids(fids), decimal_numbers(joined, offsets)):
        assert (None if found is None else found.tolist()) == one_by_one(fids)
