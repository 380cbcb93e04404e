"""The map's scripts and styles put together by esbuild: for the page, and for the map as a file.

``python -m app.map_page.script_bundle`` puts together what the page loads; without it the page
loads its modules one by one. The file is for browsers of five years ago. esbuild is a program of
its own that comes with the map's npm packages and needs no Node.js to run.
"""

import os
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

from app.http.fault_status import MissingProgramError
from app.pages.assets import BUNDLES, OWN_DIR, Assets
from app.settings import Settings

PAGE_TARGET: Final = "es2022"
TARGETS: Final = "chrome80,firefox78"
"""Domestic desktops come with browsers made of Chromium 80 and later."""
ENTRY = "js/map/main.js"
STYLES = ("css/shared/site.css", "css/map/map.css", "css/shared/panel.css", "css/map/tools.css")
CLASSIC = ("leaflet/dist/leaflet.js", "proj4/dist/proj4.js")
LEAFLET_STYLES = "leaflet/dist/leaflet.css"
_LONGEST_S: Final = 30
_MOST_VERSIONS: Final = 3


@lru_cache(maxsize=2)
def bundled_module(packages_dir: Path, version: str) -> str:
    """Return the map's modules as one script without imports.

    Parameters
    ----------
    packages_dir
        The ``node_modules`` folder.
    version
        Of our own files: of each, the script is made once.

    Raises
    ------
    MissingProgramError
        If esbuild is not installed, or cannot be run here.
    """
    return _bundled(packages_dir, (ENTRY,), "--format=iife")


@lru_cache(maxsize=2)
def bundled_styles(packages_dir: Path, version: str) -> str:
    """Return the map's styles as one text, with its images in it; see `bundled_module`."""
    leaflet = str(packages_dir / LEAFLET_STYLES)
    files = (leaflet, *STYLES)
    return "\n".join(_bundled(packages_dir, (each,), "--loader:.png=dataurl") for each in files)


def classic_scripts(packages_dir: Path) -> str:
    """Return the scripts that are no modules, Leaflet first."""
    texts = (packages_dir.joinpath(name).read_text("utf-8") for name in CLASSIC)
    return "\n".join(map(for_script_element, texts))


def for_script_element(script: str) -> str:
    """Return a script in which nothing can end the element it stands in."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def write_modules(packages_dir: Path) -> Path:
    """Put the page's modules together, its tools apart, and return their folder.

    Raises
    ------
    MissingProgramError
        If esbuild is not installed, or cannot be run here.
    """
    folder = packages_dir / BUNDLES / Assets(packages_dir).version
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="new-") as temporary:
            made = Path(temporary, "modules")
            names = "--chunk-names=[name]-[hash]"
            options = ("--splitting", "--format=esm", names, "--alias:lean-qr=lean-qr/nano")
            _run(packages_dir, (ENTRY,), PAGE_TARGET, *options, f"--outdir={made.resolve()}")
            made.rename(folder)
    versions = sorted(folder.parent.iterdir(), key=lambda each: each.stat().st_mtime)
    for former in versions[:-_MOST_VERSIONS]:
        shutil.rmtree(former, ignore_errors=True)
    return folder


def _bundled(packages_dir: Path, files: tuple[str, ...], *options: str) -> str:
    return for_script_element(_run(packages_dir, files, TARGETS, *options))


def _run(packages_dir: Path, files: tuple[str, ...], target: str, *options: str) -> str:
    command = [str(_program(packages_dir)), *files, "--bundle", "--minify", "--charset=utf8"]
    made = subprocess.run(  # noqa: S603 - our own files, by the program of our own packages
        [*command, f"--target={target}", "--log-level=error", *options],
        cwd=OWN_DIR,
        env={**os.environ, "NODE_PATH": str(packages_dir.resolve())},
        capture_output=True,
        timeout=_LONGEST_S,
        check=False,
    )
    if made.returncode != 0:
        raise MissingProgramError(
            "esbuild-failed", reason=made.stderr.decode(errors="replace")[:300]
        )
    return made.stdout.decode()


def _program(packages_dir: Path) -> Path:
    for pattern in ("@esbuild/*/bin/esbuild", "@esbuild/*/esbuild.exe"):
        for program in packages_dir.resolve().glob(pattern):
            return program
    raise MissingProgramError("esbuild-missing")


if __name__ == "__main__":
    print(write_modules(Settings().assets_dir))
