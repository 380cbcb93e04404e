"""The main pages in Firefox ESR: no fault, no foreign request, a planner's walk."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import ADMIN_KEY
from .test_editor import rings, two_blocks

FOLDER = Path(__file__).resolve().parents[1] / "firefox"
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


@pytest.fixture(scope="module")
def driver() -> Path:
    """Return the folder with what drives Firefox; a skip that says so where it cannot be had."""
    if FIREFOX is None:
        pytest.skip("firefox-esr is not installed")
    if not (FOLDER / "node_modules").exists():
        if shutil.which("npm") is None:
            pytest.skip("npm is not installed")
        ran = subprocess.run(["npm", "ci"], cwd=FOLDER, capture_output=True, text=True, check=False)
        if ran.returncode and not os.environ.get("CI"):
            pytest.skip(f"npm ci failed: {ran.stderr[-200:]}")
        assert ran.returncode == 0, ran.stderr
    return FOLDER


@pytest.mark.slow
def test_a_planner_walks_through_the_pages_in_firefox(service: str, driver: Path) -> None:
    assert FIREFOX
    command = ["node", "walk.mjs", service, FIREFOX, ADMIN_KEY]
    with two_blocks(service) as blocks:
        before = rings(blocks)
        ran = subprocess.run(
            command, cwd=driver, capture_output=True, text=True, timeout=400, check=False
        )
        assert ran.returncode == 0, ran.stderr
        after = rings(blocks)
    told = json.loads(ran.stdout)
    assert told["saved"] == f"已保存为第 {told['versions']} 版。"
    assert after == before, "moved, saved and restored to the last bit"
    assert told["version"].lower().startswith("firefox")
    assert "平方公里" in told["measured"] or "m²" in told["measured"]
    assert (told["wide"], told["faults"]) == ([], [])
