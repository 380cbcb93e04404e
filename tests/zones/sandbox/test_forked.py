"""What is forked ahead, tested in a process without threads, whatever runs beside these tests."""

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT
from tests.zones.sandbox.test_sandbox import OWN_PROCESS


@pytest.mark.slow
def test_the_sandbox_holds_for_processes_that_were_forked_ahead() -> None:
    tests = "tests/zones/sandbox/test_sandbox.py"
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:rerunfailures"]  # it begins a thread
    command = [sys.executable, "-m", "pytest", *options, tests]
    environment = {**os.environ, OWN_PROCESS: "1"}
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert "skipped" not in ended.stdout.splitlines()[-1]
