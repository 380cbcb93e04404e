"""Every operation keeps what the OpenAPI document says, whatever it is sent."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.conftest import ADMIN_KEY
from tests.app.processes import server

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
SECONDS = 60


@pytest.mark.slow
def test_no_operation_answers_other_than_documented(seeded_file: Path, tmp_path: Path) -> None:
    """Requests made up from the document, with an admin key, on a store of their own."""
    store = tmp_path / "zones.sqlite"
    shutil.copy(seeded_file, store)
    with server(store) as running:
        ran = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run"),
                f"{running.client.base_url}/api",
                *("--header", f"Authorization: Bearer {ADMIN_KEY}"),
                *("--checks", ",".join(CHECKS), "--continue-on-failure"),
                *("--phases", "examples,coverage,fuzzing", "--max-time", str(SECONDS)),
                *("--generation-deterministic", "--warnings", "off", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=4 * SECONDS,
            check=False,
        )
        answered = running.client.get("/metrics").text
    assert ran.returncode == 0, ran.stdout[-10_000:] + ran.stderr[-2_000:]
    assert "Tested:" in ran.stdout
    assert 'status="500"' not in answered
