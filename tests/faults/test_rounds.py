"""A few rounds of kill -9 on each kind of store; `rounds.py` runs hundreds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

ROUNDS = 3


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_acknowledged_is_lost(kind: str) -> None:
    if kind == "postgresql" and not any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip("no PostgreSQL with PostGIS (Debian: postgresql, postgis)")
    command = [sys.executable, "-m", "tests.faults.rounds", "--store", kind, "--rounds", ROUNDS]
    # In a process of its own: it forks, which is no good among threads.
    ran = subprocess.run(
        [*map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    tally = json.loads(ran.stdout)
    assert (tally["rounds"], tally["lost"], tally["torn"], tally["mixed_reads"]) == (
        ROUNDS,
        0,
        0,
        0,
    )
    assert min(tally["acknowledged"], tally["reads"]) >= ROUNDS
    assert tally["databases_killed"] == (kind == "postgresql")
