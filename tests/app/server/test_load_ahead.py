"""What the first answer does not need is not waited for, and is there soon after."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.app.processes import server
from tests.app.server.test_renewal import eventually

LATER = ("folium", "numpy.ma", "pandas", "PIL", "pyarrow", "skia")


@pytest.mark.slow
def test_to_load_the_service_loads_nothing_that_only_some_requests_need() -> None:
    code = (
        "import sys, app.cli.serve, app.main; from zones.messages import catalogue;"
        f"print(sorted({set(LATER)} & {{*sys.modules}}), catalogue.cache_info().currsize)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[] 0\n"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what is loaded is read from /proc")
@pytest.mark.parametrize("workers", [1, 2])
def test_every_worker_has_the_rest_soon_after_it_is_ready(seeded_file: Path, workers: int) -> None:
    with server(seeded_file, workers=workers) as running:
        supervisor = psutil.Process(running.process.pid)
        serving = supervisor.children if workers > 1 else lambda: [supervisor]
        assert eventually(lambda: [*map(has_arrow, serving())] == [True] * workers)


def has_arrow(process: psutil.Process) -> bool:
    return any("libarrow" in each.path for each in process.memory_maps())
