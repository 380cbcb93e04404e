"""The editor's topology, tried in Node with random edits: one border for both sides, to the bit."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("topology_properties.mjs")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_borders_stay_shared_through_random_edits() -> None:
    ended = subprocess.run(
        ["node", "--test", str(SCRIPT)], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stdout[-4000:]
