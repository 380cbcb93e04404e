"""The suite ``ogctests`` of OGC API Features, Parts 1 and 3, against a server in its own process.

It needs an older pytest, so it lives in a virtual environment of its own. ``tests/README.md`` says
why each of the tests named here is known to fail.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.processes import ROOT, server
from tests.one_at_a_time import one_at_a_time

LOCK = ROOT / "tests" / "ogctests" / "requirements.lock"
VENV = ROOT / ".venv-ogctests"

TESTS = {"core": 29, "filtering": 10}
KNOWN = {
    "core": {"test_ast15", "test_ast22", "test_ast28"},
    "filtering": {f"test_ct{number}" for number in (2, 3, 5, 7, 8, 9, 10)},
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python() -> Path:
    """Return the Python of the suite's environment, made from its lock file when it is new."""
    found = VENV / "bin" / "python"
    stamp = VENV / "installed.lock"
    with one_at_a_time(LOCK):
        if not stamp.exists() or stamp.read_text() != LOCK.read_text():
            install(found)
            stamp.write_text(LOCK.read_text())
    return found


def install(python: Path) -> None:
    """Make the environment; skip where there is no package index."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)], check=True
    )
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    ran = subprocess.run(
        [
            *pip,
            "install",
            "--quiet",
            "--no-compile",
            "--require-hashes",
            "--no-deps",
            "-r",
            str(LOCK),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode and not os.environ.get("CI"):
        pytest.skip(f"ogctests could not be installed: {ran.stderr[-200:]}")
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("part", sorted(KNOWN))
def test_all_of_the_suite_passes_but_what_is_known(
    python: Path, seeded_file: Path, tmp_path: Path, part: str
) -> None:
    store = tmp_path / "zones.sqlite"
    shutil.copy(seeded_file, store)
    suite = next(VENV.glob("lib/python*/site-packages/ogctests")) / "features" / part
    environment = {key: value for key, value in os.environ.items() if key[:6] != "PYTEST"}
    environment.pop("PYTHONPATH", None)
    with server(store) as running:
        ran = subprocess.run(
            [str(python), "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", str(suite)],
            cwd=tmp_path,
            env={**environment, "INSTANCE_URL": f"{running.client.base_url}/"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    told = re.findall(r"^(PASSED|FAILED|ERROR) \S+::(\w+)", ran.stdout, re.MULTILINE)
    # A test that failed may also fail to clean up, and is told twice.
    assert len({name for _, name in told}) == TESTS[part], ran.stdout
    assert {name for outcome, name in told if outcome != "PASSED"} == KNOWN[part], ran.stdout
