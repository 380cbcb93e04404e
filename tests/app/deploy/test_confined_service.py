"""The service as an ordinary user, on a root file system that is read-only but for its data."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.app.files import HEPING, make_collection, points_geojson
from tests.app.processes import server
from tests.paths import ROOT

NOBODY = "65534"
CONFINED = """
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
case "$2" in
  /root/*|/home/*)  # where nobody may look: of it only Python is left
    home="/$(echo "$2" | cut -d/ -f2)"
    mkdir "$1/python"
    mount --bind "$2" "$1/python"
    mount -t tmpfs -o mode=755 tmpfs "$home"
    mkdir -p "$2"
    mount --bind "$1/python" "$2"
    umount "$1/python"
    rmdir "$1/python" ;;
esac
mount -t tmpfs -o mode=1777 tmpfs /dev/shm 2>/dev/null || true
mount -o remount,bind,ro /
awk '$2 != "/" {print $2}' /proc/self/mounts | sort -u | while read -r at; do
  case "$at" in
    "$1"|/dev/*|/proc*|/sys*) ;;
    *) mount -o remount,bind,ro "$at" 2>/dev/null || true ;;
  esac
done
shift 2
exec "$@"
"""
"""The first argument is the folder that stays writable, the second where Python is."""


def confining(data: Path) -> Sequence[str]:
    """Return a command that runs another as nobody, with nothing to write to but a folder."""
    inner = [
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        "--no-new-privs",
    ]
    temporary = ["env", f"TMPDIR={data}", f"HOME={data}", "PYTHONDONTWRITEBYTECODE=1"]
    to = ["sh", str(data), sys.base_prefix]
    return ["unshare", "--mount", "sh", "-c", CONFINED, *to, *inner, *temporary]


@pytest.mark.slow
def test_a_read_only_root_and_an_ordinary_user_are_enough(seeded_file: Path) -> None:
    data = Path("/var/tmp") / f"zones-confined-{os.getpid()}"  # noqa: S108 - all users may pass through it
    data.mkdir()
    try:
        shutil.copy(seeded_file, data / "zones.sqlite")
        if not can_confine(data):
            pytest.skip("only root can make its file system read-only, and nobody must read ours")
        for path in (data, data / "zones.sqlite"):
            os.chown(path, int(NOBODY), int(NOBODY))
        settings = {"work_dir": str(data / "work")}
        with server(data / "zones.sqlite", within=confining(data), **settings) as running:
            make_collection(running.client)  # type: ignore[arg-type]  # httpx and httpx2 are as one here
            sent = running.client.post(
                "/collections/mine/imports",
                files={"file": ("a.geojson", points_geojson(HEPING))},
                headers={"Prefer": "wait=60"},
            )
            assert sent.status_code == 201, sent.text
            status = Path(f"/proc/{running.process.pid}/status").read_text()
            assert f"Uid:\t{NOBODY}" in status
            assert "NoNewPrivs:\t1" in status
    finally:
        shutil.rmtree(data)


def can_confine(data: Path) -> bool:
    """Return whether this machine can do it: a file is read, and none is written elsewhere."""
    script = f"test -r {ROOT}/app/main.py && test -x {sys.executable} && ! touch {ROOT}/.written"
    command = [*confining(data), "sh", "-c", script]
    return (
        shutil.which("unshare") is not None and not subprocess.run(command, check=False).returncode
    )
