"""The map's scripts and styles as one text each, for browsers of five years ago, by esbuild.

It is a program of its own that comes with the map's npm packages and needs no Node.js to run.
"""

import os
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Final

from app.http.errors import MissingProgramError
from app.pages.assets import OWN_DIR

TARGETS: Final = "chrome80,firefox78"
"""Domestic desktops come with browsers made of Chromium 80 and later."""
ENTRY, STYLES = "js/map/main.js", ("css/shared/site.css", "css/map/map.css", "css/shared/panel.css")
CLASSIC = ("leaflet/dist/leaflet.js", "proj4/dist/proj4.js")
LEAFLET_STYLES = "leaflet/dist/leaflet.css"
_LONGEST_S: Final = 30


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


def _bundled(packages_dir: Path, files: tuple[str, ...], *options: str) -> str:
    command = [str(_program(packages_dir)), *files, "--bundle", "--minify", "--charset=utf8"]
    made = subprocess.run(  # noqa: S603 - our own files, by the program of our own packages
        [*command, f"--target={TARGETS}", "--log-level=error", *options],
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
    return for_script_element(made.stdout.decode())


def _program(packages_dir: Path) -> Path:
    for pattern in ("@esbuild/*/bin/esbuild", "@esbuild/*/esbuild.exe"):
        for program in packages_dir.resolve().glob(pattern):
            return program
    raise MissingProgramError("esbuild-missing")
