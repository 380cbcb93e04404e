"""What the program is made of, as CycloneDX: one list for Python, one for the pages.

Run by ``python3 tasks.py sbom [FOLDER]``. Both come from the lock files, so that they name what is
installed, with hashes, and nothing that only tests need.
"""

import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
TOOL: Final = "cyclonedx-bom==7.5.0"


def main(arguments: list[str]) -> int:
    """Write both lists into the folder named first, or this one."""
    folder = Path(arguments[0] if arguments else ".").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for made in (python_list(folder), web_list(folder)):
        print(made)
    return 0


def python_list(folder: Path) -> Path:
    """Return the list of Python's packages, valid by its schema."""
    made = folder / "sbom-python.cdx.json"
    with tempfile.TemporaryDirectory() as work:
        venv.create(work, with_pip=True)
        tool = Path(work, "bin")
        install = ("pip", "--disable-pip-version-check", "install", "--quiet", TOOL)
        subprocess.run([tool / "python", "-m", *install], check=True)
        about = ("requirements", "--pyproject", ROOT / "pyproject.toml", "--validate")
        form = ("--sv", "1.6", "--of", "JSON", "--output-reproducible", "-o", made)
        command = [tool / "cyclonedx-py", *about, *form, ROOT / "requirements.lock"]
        subprocess.run([*map(str, command)], check=True)
    return made


def web_list(folder: Path) -> Path:
    """Return the list of what browsers get, by npm from its lock file alone."""
    made = folder / "sbom-web.cdx.json"
    npm = shutil.which("npm") or "npm"
    form = ("sbom", "--sbom-format=cyclonedx", "--package-lock-only", "--omit=dev")
    with made.open("wb") as written:
        subprocess.run([npm, *form], cwd=ROOT / "app" / "web", stdout=written, check=True)
    return made


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
