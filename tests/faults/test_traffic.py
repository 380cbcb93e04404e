"""Seconds of mixed traffic with imports; minutes of it by ``tests.faults.traffic``."""

import pytest

from tests.faults.traffic import run

GROWTH_MB = 100


@pytest.mark.slow
def test_nothing_grows_and_nothing_is_left_under_mixed_traffic() -> None:
    tally = run(0.1, share=0.3, imports_s=3, workers=1, address="", measured_s=0.5)
    assert tally.answered > 10
    assert tally.imports > 2
    assert (dict(tally.faults), tally.left_over) == ({}, [])
    first, last = tally.samples[0], tally.samples[-1]
    assert last[1] < first[1] + GROWTH_MB
    assert last[2] <= max(each[2] for each in tally.samples[:1]) + 4  # idle connections of clients
