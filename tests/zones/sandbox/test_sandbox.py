import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from pyproj import CRS

from tests.paths import ROOT
from tests.source_files import write
from zones.errors import SourceError, SourceLimitError
from zones.ingest.preforked_reader import close_all_but, prefork_reader
from zones.sandbox.gdal_drivers import VECTOR_DRIVERS
from zones.sandbox.limits import Limits
from zones.sandbox.preforked_child import taken
from zones.sandbox.private_folder import own_folder, remove_leftovers
from zones.sandbox.run_child import ChildCall, ChildResult, confined, sandbox_level

OWN_PROCESS = "ZONES_TEST_FORKED"
"""Set in the process of test_forked.py: a fork beside a library's threads may wait for ever."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which all temporary things of the test are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(autouse=True)
def nothing_left(temporary: Path) -> Iterator[None]:
    """Hold every test to it: no folder and no process is left behind."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield
    assert list(temporary.iterdir()) == []
    assert {child.pid for child in psutil.Process().children(recursive=True)} == before


STARTED = pytest.param("started", marks=pytest.mark.slow)


@pytest.fixture(params=["forked"] if OWN_PROCESS in os.environ else [STARTED], autouse=True)
def begun(request: pytest.FixtureRequest, nothing_left: None) -> Iterator[str]:
    """Let each test's first process be a new one, and one that was forked ahead."""
    how: str = request.param
    if how == "forked":
        prefork_reader()
    yield how
    while (spare := taken()) is not None:
        spare.orders.close()
        assert os.waitstatus_to_exitcode(os.waitpid(spare.pid, 0)[1]) == 0


def ran(job: str, tmp_path: Path, *, driver: str = "", **request: Any) -> dict[str, Any]:
    return answered(job, tmp_path, driver=driver, **request).content


def answered(
    job: str,
    tmp_path: Path,
    *,
    limits: Limits | None = None,
    cancelled: threading.Event | None = None,
    driver: str = "",
    **request: Any,
) -> ChildResult[list[bytes]]:
    with write(tmp_path, b"content").open("rb") as source:
        return confined(
            ChildCall(f"tests.confined_jobs:{job}", request, driver, [ROOT]),
            source=source,
            taking=list,
            limits=limits or Limits(),
            cancelled=cancelled,
        )


def test_a_job_answers_from_its_own_folder_with_next_to_no_environment(tmp_path: Path) -> None:
    told: list[float] = []
    mode = 0

    def taken(rows: Iterable[bytes]) -> list[bytes]:
        nonlocal mode
        (folder,) = Path(tempfile.gettempdir()).iterdir()
        mode = folder.stat().st_mode & 0o777
        return list(rows)

    with write(tmp_path, b"content").open("rb") as source:
        answer = confined(
            ChildCall("tests.confined_jobs:answer_back", {"a": 1}, import_path=[ROOT]),
            source=source,
            taking=taken,
            limits=Limits(),
            progress=told.append,
        )
    assert answer.content["request"] == {"a": 1}
    assert answer.content["read"] == "content"
    assert answer.taken == [b"row\n"]
    assert mode == 0o700
    assert told == [0.5]
    assert set(answer.content["environment"]) <= {
        "LC_CTYPE",
        "OPENBLAS_NUM_THREADS",
        "PATH",
        "PYTHONPATH",
        "TMPDIR",
    }


def test_a_fork_keeps_the_tables_of_proj_open() -> None:
    CRS.from_epsg(4490)
    numbers = [int(fd) for fd in os.listdir("/proc/self/fd") if fd.isdecimal()]
    tables = [fd for fd in numbers if _file_of(fd).endswith("proj.db")]
    pid = os.fork()
    if pid == 0:
        close_all_but(2)
        still_open = [fd for fd in tables if _file_of(fd).endswith("proj.db")]
        os._exit(0 if tables and still_open == tables else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _file_of(fd: int) -> str:
    with suppress(OSError):
        return os.readlink(f"/proc/self/fd/{fd}")
    return ""


def test_the_answer_tells_the_level_that_readiness_tells(tmp_path: Path) -> None:
    assert answered("answer_back", tmp_path).sandbox == sandbox_level()


@pytest.mark.skipif("landlock" not in sandbox_level(), reason="the kernel has no Landlock")
@pytest.mark.skipif("seccomp" not in sandbox_level(), reason="no call filter for this machine")
def test_every_way_out_is_closed_and_its_own_folder_is_not(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = ran(
            "reach_out",
            tmp_path,
            secret=str(write(tmp_path, b"secret", "secret")),
            parent=os.getpid(),
            port=server.getsockname()[1],
        )
    reached = {name for name, outcome in told.items() if outcome == "reached"}
    assert reached == {"write in its own folder", "read its own libraries", "begin a thread"}
    assert (tmp_path / "secret").read_bytes() == b"secret"
    assert not (tmp_path / "new").exists()


def test_gdal_has_the_one_driver_and_pandas_is_not_loaded(tmp_path: Path) -> None:
    told = ran("drivers", tmp_path, driver="ESRI Shapefile")
    assert told == {"drivers": ["ESRI Shapefile", "MEM"], "pandas": False}


def test_the_list_of_drivers_is_that_of_the_gdal_in_use() -> None:
    import pyogrio

    assert set(pyogrio.list_drivers()) - {"MEM"} <= set(VECTOR_DRIVERS.split(","))


def test_a_driver_that_the_list_lacks_is_left_out_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zones.sandbox.gdal_drivers.VECTOR_DRIVERS", "CSV,GPKG")
    assert ran("drivers", tmp_path, driver="GeoJSON")["drivers"] == ["GeoJSON", "MEM"]


def test_gdal_reaches_neither_the_network_nor_other_files(tmp_path: Path) -> None:
    text = b'{"type": "Point", "coordinates": [1, 2]}'
    beside = write(tmp_path, text, "beside.geojson")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        places = [str(beside), f"/vsicurl/http://127.0.0.1:{port}/x.geojson"]
        told = ran("gdal_reach_out", tmp_path, driver="GeoJSON", places=places)
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()
    assert "reached" not in told.values()


def test_a_fault_travels_with_its_code_and_its_values(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        ran("raise_fault", tmp_path, code="layer-unknown", params={"layer": "x", "layers": "y"})
    assert (caught.value.code, caught.value.params["layers"]) == ("layer-unknown", "y")


@pytest.mark.parametrize("code", ["no-such-message", "layer-unknown"])
def test_a_fault_that_cannot_be_said_becomes_a_plain_one(tmp_path: Path, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        ran("raise_fault", tmp_path, code=code, params={"layer": "{layers.__class__}"})
    assert caught.value.code == "source-unreadable"


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_process_that_breaks_down_is_a_fault_of_the_file(
    tmp_path: Path, number: signal.Signals
) -> None:
    with pytest.raises(SourceError) as caught:
        ran("die", tmp_path, signal=int(number))
    assert caught.value.code == "import-crashed"


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGSEGV, "import-crashed"), (signal.SIGKILL, "import-killed")],
)
def test_a_process_that_is_killed_from_outside_leaves_the_parent_well(
    tmp_path: Path, temporary: Path, number: signal.Signals, code: str
) -> None:
    killer = threading.Thread(target=kill_reader, args=(temporary, number))
    killer.start()
    with pytest.raises(SourceError) as caught:
        ran("die", tmp_path)
    killer.join()
    assert caught.value.code == code
    assert ran("answer_back", tmp_path)["read"] == "content"


def kill_reader(temporary: Path, number: signal.Signals) -> None:
    """Kill the reading process once it is at work in its folder."""
    while not list(temporary.glob("*/left behind")):
        time.sleep(0.02)
    for child in psutil.Process().children():
        child.send_signal(number)


@pytest.mark.parametrize(
    ("what", "code", "limits"),
    [
        ("time", "import-wall", Limits(wall_s=1)),
        ("memory", "import-memory", Limits(mem_mb=400)),
        ("disk", "import-disk", Limits(file_mb=8)),
    ],
)
def test_each_limit_is_kept_and_named(tmp_path: Path, what: str, code: str, limits: Limits) -> None:
    began = time.monotonic()
    with pytest.raises(SourceLimitError) as caught:
        answered("exhaust", tmp_path, limits=limits, what=what)
    assert caught.value.code == code
    assert caught.value.text("zh").hint
    assert time.monotonic() - began < 30


def test_the_feature_at_hand_is_named_when_time_runs_out(tmp_path: Path) -> None:
    with pytest.raises(SourceLimitError, match="feature at hand: 42") as caught:
        answered("exhaust", tmp_path, limits=Limits(cpu_s=2), what="cpu")
    assert caught.value.code == "import-cpu"


def test_a_job_can_be_cancelled_from_another_thread(tmp_path: Path) -> None:
    cancelled = threading.Event()
    timer = threading.Timer(0.5, cancelled.set)
    timer.start()
    began = time.monotonic()
    with pytest.raises(SourceError) as caught:
        answered("exhaust", tmp_path, cancelled=cancelled, what="time")
    timer.join()
    assert caught.value.code == "import-cancelled"
    assert time.monotonic() - began < 30


def test_folders_without_rights_and_processes_that_stay_are_cleared_away(tmp_path: Path) -> None:
    pid = ran("leave_a_mess", tmp_path)["pid"]
    patience = time.monotonic() + 10  # a signal takes its time, and init may not fetch the dead
    with suppress(psutil.NoSuchProcess):
        while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < patience
            time.sleep(0.01)


def test_a_folder_whose_owner_was_killed_is_removed_at_the_next_start(temporary: Path) -> None:
    (temporary / "zones-import-old").mkdir()
    (temporary / "zones-import-old" / "shapes.shp").write_bytes(b"x")
    with own_folder() as used:
        assert remove_leftovers() == 1
        assert list(temporary.iterdir()) == [used]


def test_one_forked_ahead_that_was_killed_is_replaced_by_a_new_one(
    tmp_path: Path, begun: str
) -> None:
    for child in psutil.Process().children():
        child.kill()
        while child.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
    assert ran("answer_back", tmp_path)["read"] == "content"
    assert taken() is None, begun


def test_one_forked_ahead_sees_no_open_file_of_its_parent(tmp_path: Path) -> None:
    secret = write(tmp_path, bytes(4321), "secret").open("rb")
    with secret, socket.create_server(("127.0.0.1", 0)):
        files = ran("open_files", tmp_path)["files"]
    assert f"file {len(b'content')}" in files
    assert [each for each in files if each == "file 4321" or each.startswith("socket")] == []


def test_a_reader_dies_with_the_process_that_started_it(tmp_path: Path, temporary: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.zones.sandbox.test_sandbox import ran;"
        "ran('die', Path(sys.argv[1]))"
    )
    environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)}
    server = psutil.Popen([sys.executable, "-c", code, str(tmp_path)], env=environment, cwd=ROOT)
    while not list(temporary.glob("*/left behind")):
        time.sleep(0.02)
    (reader,) = server.children()
    server.kill()
    server.wait()
    reader.wait(timeout=5)
    assert remove_leftovers() == 1
