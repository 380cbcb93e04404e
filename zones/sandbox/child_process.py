"""Runs one job on an untrusted file in a process of its own.

``zones.sandbox.run_child`` starts it as ``python -m zones.sandbox.child_process ORDER``, or has one
that was forked ahead (``zones.ingest.preforked_reader``). First the limits, then the imports, then
the locks; only then is the file looked at. What the job returns, or the ``ZonesError`` it raises,
is written as JSON to the report; any other end of the process is for the parent to judge.
"""

import ctypes
import json
import os
import signal
import sys
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from zones import PACKAGE_DIR
from zones.errors import ZonesError
from zones.memory.gc_short_lived import collect_seldom
from zones.sandbox.child_task import Job, ReadTask, fault_as_json
from zones.sandbox.gdal_drivers import load_only, unlisted
from zones.sandbox.landlock_seccomp import confine
from zones.sandbox.limits import Limits, limit_resources

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_NAME = b"zones-reader"  # as ps and top call it, forked or not
_STEP = 0.005  # progress finer than this is not worth a line

_SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo")
_HARMLESS_DEVICES = ("/dev/null", "/dev/urandom")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """What the parent asks for; ``*_fd`` are files that the child inherits open.

    ``job`` is ``module:function``, a ``Job``. ``driver`` is the one GDAL driver to have, or "".
    """

    job: str
    request: dict[str, Any]
    driver: str
    limits: dict[str, int]
    parent: int
    source_fd: int
    rows_fd: int
    report_fd: int


def command_for(spec: Mapping[str, object]) -> list[str]:
    """Return the command line that starts a process with this order."""
    flags = ["-s", "-P", "-B", "-X", "utf8"]
    return [sys.executable, *flags, "-m", "zones.sandbox.child_process", json.dumps(spec)]


def main() -> None:
    """Carry out the order given as the only argument."""
    carry_out(JobSpec(**json.loads(sys.argv[1])))


def carry_out(spec: JobSpec) -> None:
    """Limit and lock this process, do the job, and write its report; once in its life."""
    limits = Limits(**spec.limits)
    ctypes.CDLL(None).prctl(_PR_SET_NAME, _NAME, 0, 0, 0)
    die_with(spec.parent)
    limit_resources(limits)
    job = _load(spec.job)
    collect_seldom()
    if spec.driver:
        load_only(spec.driver)
    level = confine(readable=_program_files(), writable=Path.cwd())
    report = {"sandbox": level, "unlisted": unlisted(), **_carry_out(job, spec, limits)}
    with os.fdopen(spec.report_fd, "wb") as file:
        file.write(orjson.dumps(report, option=orjson.OPT_SERIALIZE_NUMPY))


def die_with(parent: int) -> None:
    """Have the kernel kill this process when the one that started it ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _load(job: str) -> Job:
    module, name = job.split(":")
    found: Job = getattr(import_module(module), name)
    return found


def _program_files() -> list[Path]:
    """Return what running code may still need to read: libraries, codecs, PROJ's tables."""
    python = {
        Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")
    }
    return [PACKAGE_DIR, *python, *map(Path, _SYSTEM_LIBRARIES), *map(Path, _HARMLESS_DEVICES)]


def _carry_out(job: Job, spec: JobSpec, limits: Limits) -> dict[str, Any]:
    with os.fdopen(spec.source_fd, "rb") as source, os.fdopen(spec.rows_fd, "wb") as rows:
        task = ReadTask(source, Path.cwd(), rows, limits, _progress_lines(), _report_feature)
        try:
            return {"answer": job(spec.request, task)}
        except ZonesError as fault:
            return {"fault": fault_as_json(fault)}


def _report_feature(number: int) -> None:
    os.write(sys.stdout.fileno(), f"@{number}\n".encode())


def _progress_lines() -> Callable[[float], None]:
    last = -1.0

    def tell(fraction: float) -> None:
        nonlocal last
        if fraction >= last + _STEP:
            last = fraction
            os.write(sys.stdout.fileno(), f"{fraction:.3f}\n".encode())

    return tell


if __name__ == "__main__":
    main()
