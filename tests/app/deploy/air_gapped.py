"""Installs the archive where there is no network at all, starts the service, opens the map.

    python -m tests.app.deploy.air_gapped [--bundle heping-zones-….tar.gz]

Without ``--bundle`` the archive is made first, which needs the network and some minutes. What is
installed from it runs in a network namespace of its own (``unshare --net``), which has the loopback
alone; so does the browser. Prints how long it took and what the browser asked for; 1 if anything
was missing. Needs root.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2 as httpx
from playwright.sync_api import Request, Response, sync_playwright

from tests.app.processes import end, free_port
from tests.paths import ROOT

READY_WITHIN_S = 1200
PAGES = ("/map", "/collections?f=html", "/locate?f=html", "/help", "/docs", "/signin")
ANSWERS = (
    "/locate?lon=123.405&lat=41.786",
    "/collections/zones/map?f=png",
    "/map/sheet?f=pdf",
    "/collections/zones/export?f=gpkg",
)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


def main() -> int:
    """Run as the command line asks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        return inside(chosen.inside)
    with tempfile.TemporaryDirectory(prefix="air-gapped-") as name:
        folder = Path(name)
        with tarfile.open(chosen.bundle or made(folder)) as archive:
            archive.extractall(folder / "unpacked", filter="data")
        (unpacked,) = (folder / "unpacked").iterdir()
        here = [sys.executable, "-m", "tests.app.deploy.air_gapped", "--inside", str(unpacked)]
        return subprocess.run(["unshare", "--net", *here], cwd=ROOT, check=False).returncode


def made(folder: Path) -> Path:
    """Return an archive of this project as it stands."""
    script = ROOT / "app" / "deploy" / "bundle.py"
    subprocess.run([sys.executable, script, folder / "made"], check=True)
    (archive,) = (folder / "made").glob("*.tar.gz")
    return archive


def inside(unpacked: Path) -> int:
    """Install and try what was unpacked; called where there is no network."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    assert [name for _, name in socket.if_nameindex()] == ["lo"]
    port, began = free_port(), time.monotonic()
    home = unpacked.parent / "home"
    home.mkdir()
    environment = {"PATH": os.defpath + ":/usr/local/bin", "HOME": str(home), "LANG": "C.UTF-8"}
    python = getattr(sys, "_base_executable", sys.executable)
    process = subprocess.Popen(
        [python, "tasks.py", "serve", "--port", str(port)],
        cwd=unpacked,
        env=environment,
        start_new_session=True,
        stdout=sys.stderr,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(base, process)
        ready_s = time.monotonic() - began
        found = {"ready_after_s": round(ready_s), **tried(base)}
    finally:
        end(process)
    print(json.dumps(found))
    return 1 if found["missing"] else 0


def wait_until_ready(base: str, process: "subprocess.Popen[bytes]") -> None:
    """Return when the service says that it is ready."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{base}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    raise AssertionError("the service did not start")


def tried(base: str) -> dict[str, Any]:
    """Open pages in a browser, ask for answers; return what was asked for and what was missing."""
    asked: list[str] = []
    missing = [path for path in ANSWERS if httpx.get(base + path, timeout=120).status_code != 200]

    def note(request: Request) -> None:
        asked.append(request.url)
        if not request.url.startswith((base, "data:", "blob:")):
            missing.append(request.url)

    def judge(response: Response) -> None:
        if response.status >= 400:
            missing.append(f"{response.status} {response.url}")

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page()
        page.on("request", note)
        page.on("response", judge)
        page.on("pageerror", lambda error: missing.append(str(error)))
        for path in PAGES:
            page.goto(base + path)
            if path == "/map":
                page.wait_for_selector("body[data-ready]", timeout=120_000)
        browser.close()
    return {"answers": len(ANSWERS), "pages": len(PAGES), "asked": len(asked), "missing": missing}


if __name__ == "__main__":
    raise SystemExit(main())
