"""Jobs that a confined process runs in tests: those that try to get out, and those that break."""

import ctypes
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from tests.mutants import mutant
from zones.errors import SourceError, ZonesError
from zones.ingest.read_in_sandbox import read_file
from zones.sandbox import system_calls
from zones.sandbox.child_task import ReadTask, fault_as_json

_MUTANTS_AT_ONCE = 20
_NEW_USER = 0x10000000 | signal.SIGCHLD
_FSOPEN = 430


def answer_back(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Tell what was asked, what was read, and where this runs."""
    task.progress(0.5)
    task.rows.write(b"row\n")
    return {
        "request": request,
        "read": task.source.read().decode(),
        "folder": str(task.folder),
        "environment": sorted(os.environ),
        "arguments": len(sys.argv),
    }


def reach_out(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Try each way out and tell how it ended: ``reached`` or the name of the error."""
    secret, parent = Path(request["secret"]), request["parent"]
    clone = system_calls.CLONE[os.uname().machine]
    ways: dict[str, Callable[[], object]] = {
        "read a file": secret.read_bytes,
        "list a folder": lambda: list(secret.parent.iterdir()),
        "read passwords": Path("/etc/passwd").read_bytes,
        "read the parent's environment": Path(f"/proc/{parent}/environ").read_bytes,
        "write beside the secret": lambda: secret.with_name("new").write_bytes(b"x"),
        "overwrite the secret": lambda: secret.write_bytes(b"x"),
        "link to the secret": lambda: (task.folder / "link").symlink_to(secret),
        "make a pipe": lambda: os.mkfifo(task.folder / "pipe"),
        "open a TCP connection": lambda: socket.create_connection(("127.0.0.1", request["port"])),
        "send a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "open a local socket": lambda: socket.socket(socket.AF_UNIX),
        "start a program": lambda: subprocess.run(["/bin/true"], check=True),
        "kill the parent": lambda: os.kill(parent, 0),
        "take a user namespace": lambda: _called("syscall", clone, _NEW_USER, 0, 0, 0, 0),
        "share memory": lambda: _called("shmget", 0, 1, 0o600),
        "open a file system": lambda: _called("syscall", _FSOPEN, b"tmpfs", 0),
        "begin a thread": _thread,
        "write in its own folder": lambda: (task.folder / "own").write_bytes(b"x"),
        "read its own libraries": Path(np.__file__).read_bytes,
    }
    return {name: _outcome(way) for name, way in ways.items()}


def _called(function: str, *arguments: object) -> None:
    """Call the C library, and end at once where that has made a second process."""
    before = os.getpid()
    if getattr(ctypes.CDLL(None, use_errno=True), function)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    if os.getpid() != before:
        os._exit(0)


def _thread() -> None:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()


def _outcome(way: Callable[[], object]) -> str:
    try:
        way()
    except (OSError, subprocess.SubprocessError) as error:
        return type(error).__name__
    return "reached"


def open_files(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Tell what this process has open, as far as it may look."""
    kinds = {stat.S_IFSOCK: "socket", stat.S_IFIFO: "pipe", stat.S_IFREG: "file"}
    found = []
    for number in range(256):
        with suppress(OSError):
            told = os.fstat(number)
            size = told.st_size if stat.S_ISREG(told.st_mode) else 0
            found.append(f"{kinds.get(stat.S_IFMT(told.st_mode), 'other')} {size}")
    return {"files": found}


def drivers(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Tell which GDAL drivers there are."""
    import pyogrio

    return {
        "drivers": sorted(pyogrio.list_drivers()),
        "pandas": sys.modules.get("pandas") is not None,
    }


def gdal_reach_out(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Have GDAL open what it is given, and tell what came of it."""
    import pyogrio.raw

    outcomes = {}
    for place in request["places"]:
        try:
            pyogrio.raw.read(place)
            outcomes[place] = "reached"
        except (pyogrio.errors.DataSourceError, RuntimeError) as error:
            outcomes[place] = type(error).__name__
    return outcomes


def raise_fault(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Raise the fault that is asked for."""
    raise SourceError(request["code"], **request["params"])


def die(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """End by a signal, as a library does that breaks down; or wait to be ended."""
    (task.folder / "left behind").write_bytes(b"x")
    if (number := request.get("signal")) == int(signal.SIGSEGV):
        import ctypes

        ctypes.string_at(0)
    elif number == int(signal.SIGABRT):
        os.abort()
    time.sleep(60)
    return {}


def exhaust(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Use up time, memory or disk."""
    if request["what"] == "cpu":
        task.checking(42)
        while True:
            pass
    if request["what"] == "memory":
        return {"held": len([bytearray(16 * 1024 * 1024) for _ in range(1000)])}
    if request["what"] == "disk":
        while True:
            task.rows.write(bytes(1024 * 1024))
    time.sleep(60)
    return {}


def leave_a_mess(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Leave folders without rights and a process that goes on."""
    locked = task.folder / "a" / "b"
    locked.mkdir(parents=True)
    (locked / "c").write_bytes(b"x")
    locked.chmod(0)
    task.folder.chmod(0)
    if (pid := os.fork()) == 0:
        time.sleep(60)
    return {"pid": pid}


def read_mutants(request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Read seeded mutants of the file, some in each further process under the same locks.

    Answers one outcome for each: ``{"answer": ..., "rows": hexadecimal}``, ``{"fault": ...}`` or
    ``{"died": code}``.
    """
    good, wanted = task.source.read(), request["read"]
    folders = [task.folder / str(seed) for seed in range(request["count"])]
    for seed, folder in enumerate(folders):
        folder.mkdir()
        rng = random.Random(seed)  # noqa: S311 - repeatable
        (folder / "file").write_bytes(mutant(good, wanted["format"], rng))
    for start in range(0, len(folders), _MUTANTS_AT_ONCE):
        _fork_and_read(folders[start : start + _MUTANTS_AT_ONCE], wanted, task)
    return {"outcomes": [_outcome_in(folder, wanted, task) for folder in folders]}


def _outcome_in(folder: Path, request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Return what became of a mutant; one that took its neighbours with it is read alone."""
    told, code = folder / "outcome", 0
    if not told.exists():
        code = _fork_and_read([folder], request, task)
    outcome: dict[str, Any] = orjson.loads(told.read_bytes()) if told.exists() else {"died": code}
    return outcome


def _fork_and_read(folders: Sequence[Path], request: dict[str, Any], task: ReadTask) -> int:
    if (pid := os.fork()) == 0:
        try:
            for folder in folders:
                _read_one(folder, request, task)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _read_one(folder: Path, request: dict[str, Any], task: ReadTask) -> None:
    own = folder / "own"
    own.mkdir(exist_ok=True)
    with (folder / "file").open("rb") as source, tempfile.TemporaryFile(dir=folder) as rows:
        one = ReadTask(source, own, rows, task.limits)
        try:
            outcome: dict[str, Any] = {"answer": read_file(request, one)}
            rows.seek(0)
            outcome["rows"] = rows.read().hex()
        except ZonesError as fault:
            outcome = {"fault": fault_as_json(fault)}
        (folder / "outcome").write_bytes(orjson.dumps(outcome))
