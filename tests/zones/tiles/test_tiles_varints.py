"""Varints beside a plain loop."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zones.tiles.varints import encode_varints, varint, varint_sizes, zigzag, zigzag_one


def _plainly(value: int) -> bytes:
    groups = [value >> shift & 0x7F for shift in range(0, max(value.bit_length(), 1), 7)]
    return bytes([group | 0x80 for group in groups[:-1]] + groups[-1:])


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_many_varints_are_those_of_a_plain_loop(values: list[int]) -> None:
    encoded = encode_varints(np.array(values, dtype=np.uint64))
    assert encoded.tobytes() == b"".join(map(_plainly, values))


@given(st.lists(st.integers(0, 2**32 - 1)))
def test_narrow_values_are_written_as_wide_ones(values: list[int]) -> None:
    narrow = np.array(values, dtype=np.uint32)
    assert encode_varints(narrow).tolist() == encode_varints(narrow.astype(np.uint64)).tolist()


@given(st.lists(st.integers(0, 2**63 - 1)))
def test_sizes_are_the_bytes_that_values_take(values: list[int]) -> None:
    sizes = varint_sizes(np.array(values, dtype=np.int64))
    assert sizes.tolist() == [len(_plainly(value)) for value in values]


@given(st.integers(0, 2**64 - 1))
def test_one_varint_is_as_one_of_many(value: int) -> None:
    assert varint(value) == _plainly(value)


@given(st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_zigzag_puts_small_values_first_whatever_their_sign(values: list[int]) -> None:
    turned = zigzag(np.array(values, dtype=np.int32)).tolist()
    assert turned == [2 * value if value >= 0 else -2 * value - 1 for value in values]
    assert turned == [zigzag_one(value) for value in values]
