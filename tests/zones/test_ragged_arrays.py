"""What stands in place of functions of numpy gives what they give."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zones.ragged_arrays import distinct


@given(st.lists(st.integers(-3, 3) | st.integers(-(2**62), 2**62)))
def test_each_number_once_is_as_numpy_tells(values: list[int]) -> None:
    numbers = np.array(values, np.int64)
    found = distinct(numbers)
    assert found.dtype == numbers.dtype
    assert found.tolist() == np.unique(numbers).tolist()
    assert numbers.tolist() == values
