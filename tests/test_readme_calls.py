"""The calls of the README, made as they stand there by curl against a running service."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import documents
from tests.app.conftest import ADMIN_KEY
from tests.app.processes import Server, server
from tests.source_files import polygon, shapefile, square, zipped

pytestmark = pytest.mark.slow
CALLS = [line for line in documents.commands(documents.read("README.md")) if "curl" in line]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files that the calls name."""
    folder = tmp_path_factory.mktemp("calls")
    (folder / "points.csv").write_text("name,lon,lat\na,123.405,41.786\nb,0,0\n")
    (folder / "parcels.zip").write_bytes(zipped(shapefile([polygon(square())])))
    return folder


@pytest.fixture(scope="module")
def running(seeded_file: Path, folder: Path) -> Iterator[Server]:
    store = folder / "zones.sqlite"
    shutil.copy(seeded_file, store)
    with server(store) as running:
        yield running


def test_there_are_ten() -> None:
    assert len(CALLS) == 10


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_calls_of_the_readme_succeed(running: Server, folder: Path) -> None:
    base = str(running.client.base_url).rstrip("/")
    for call in CALLS:
        command = call.replace("http://127.0.0.1:8000", base).replace("curl ", "curl -fsS ")
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**os.environ, "KEY": ADMIN_KEY},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, (call, ran.stderr)
        assert answered(call, ran.stdout, folder), (call, ran.stdout)


def answered(call: str, output: str, folder: Path) -> bool:
    """Tell whether something came back, on the terminal or in the file that the call names."""
    if written := re.search(r" -o (\S+)", call):
        return (folder / written[1]).stat().st_size > 0
    return len(output) > 20 and '"rejected"' not in output
