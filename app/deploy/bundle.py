"""One archive for a machine without any network: the program, wheels, scripts, fonts.

Run by ``python3 tasks.py bundle [FOLDER]``. What it makes is installed and started by the usual
``python3 tasks.py serve``, which finds the wheels beside itself and asks no index.
"""

import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PARTS: Final = (
    "app",
    "zones",
    "geodata/seed",
    "geodata/README.md",
    "pyproject.toml",
    "requirements.lock",
    "tasks.py",
    "Dockerfile",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
)
NOT_OURS: Final = {"node_modules", "__pycache__"}
WEB_FILES: Final = ("package.json", "package-lock.json", ".npmrc")


def main(arguments: list[str]) -> int:
    """Make the archive in the folder named first, or in this one; print where it is."""
    folder = Path(arguments[0] if arguments else ".").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"heping-zones-{version()}-{platform()}"
    with tempfile.TemporaryDirectory(prefix=".bundle-", dir=folder) as work:
        staged = Path(work)
        wheels(staged / "wheels")
        scripts(staged / "web")
        archive = packed(staged, name)
        finished = archive.replace(folder / archive.name)
    checksum = hashlib.file_digest(finished.open("rb"), "sha256").hexdigest()
    finished.with_name(f"{finished.name}.sha256").write_text(f"{checksum}  {finished.name}\n")
    print(f"{finished}  {finished.stat().st_size / 1e6:.0f} MB")
    return 0


def version() -> str:
    """Return the program's version."""
    import tomllib

    with (ROOT / "pyproject.toml").open("rb") as opened:
        return str(tomllib.load(opened)["project"]["version"])


def platform() -> str:
    """Return for which Python and machine the wheels are: ``cp311-linux-x86_64``."""
    system = sysconfig.get_platform().replace(".", "_")
    return f"{python()}-{system}"


def python() -> str:
    """Return which Python the wheels are for, as their names have it: ``cp311``."""
    return "cp{}{}".format(*sys.version_info)


def wheels(folder: Path) -> None:
    """Get the locked packages as wheels, each with the hash that the lock file has for it."""
    get = ("pip", "--disable-pip-version-check", "download", "--quiet", "--only-binary=:all:")
    lock = ("--require-hashes", "--no-deps", "--requirement", str(ROOT / "requirements.lock"))
    subprocess.run([sys.executable, "-m", *get, *lock, f"--dest={folder}"], check=True)


def scripts(folder: Path) -> None:
    """Install the pages' packages, with the Chinese font, into a folder of their own."""
    folder.mkdir()
    for name in WEB_FILES:
        shutil.copy(ROOT / "app" / "web" / name, folder)
    npm = shutil.which("npm") or "npm"
    subprocess.run([npm, "ci", "--omit=dev", "--loglevel=error"], cwd=folder, check=True)


def packed(staged: Path, name: str) -> Path:
    """Return one archive of all, below a folder of its name."""
    archive = staged / f"{name}.tar.gz"
    # Wheels are compressed already.
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        for path in members():
            tar.add(path, f"{name}/{path.relative_to(ROOT)}", filter=nobodys)
        tar.add(staged / "wheels", f"{name}/wheels/{python()}", filter=nobodys)
        modules = staged / "web" / "node_modules"
        tar.add(modules, f"{name}/app/web/node_modules", filter=nobodys)
    return archive


def members() -> Iterator[Path]:
    """Yield the project's own files that running needs."""
    for part in PARTS:
        path = ROOT / part
        for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if each.is_file() and NOT_OURS.isdisjoint(each.relative_to(ROOT).parts):
                yield each


def nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who made the archive."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
