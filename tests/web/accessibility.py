"""What axe finds wrong with a page; axe-core comes from npm, as clients do."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[1] / "axe"
RUN = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}`));
}"""


@cache
def axe_source() -> str:
    """Return axe-core as one script; a skip that says so where npm cannot bring it."""
    script = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        if shutil.which("npm") is None:
            pytest.skip("npm is not installed")
        ran = subprocess.run(["npm", "ci"], cwd=FOLDER, capture_output=True, text=True, check=False)
        if ran.returncode and not os.environ.get("CI"):
            pytest.skip(f"npm ci failed: {ran.stderr[-200:]}")
        assert ran.returncode == 0, ran.stderr
    return script.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return each rule that the page breaks, with the element that breaks it."""
    page.evaluate(axe_source())
    found: list[str] = page.evaluate(RUN)
    return found
