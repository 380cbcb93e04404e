"""Two replicas behind the shipped proxy; minutes of kills by ``tests.faults.replicas``."""

import shutil

import pytest

from tests.faults.replicas import run


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx (Debian: nginx-light)")
def test_killed_replicas_lose_nothing_and_no_reader_notices() -> None:
    tally = run(minutes=0.02, seed=3)
    assert tally.kills > 0
    assert tally.reads > 0
    assert (dict(tally.faults), tally.mixed, tally.lost) == ({}, 0, 0)
