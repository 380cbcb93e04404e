#!/usr/bin/env python3
"""Set up and run the project; needs Python 3.11 alone, and says what else would help.

    python3 tasks.py serve [options of `zones serve`]   install, then start the service
    python3 tasks.py test  [options of pytest]          install all that testing needs, then test
    python3 tasks.py lint                               ruff, mypy, import rules and the like
    python3 tasks.py test-python 3.13 [--quick]         the suite, or a part, on another Python
    python3 tasks.py lock                               renew the lock files
    python3 tasks.py bundle [FOLDER]                    one archive for a machine without a network
    python3 tasks.py sbom [FOLDER]                      what it is made of, as CycloneDX
    python3 tasks.py pictures [name ...]                renew the manual's pictures

Everything goes into .venv and app/web/node_modules of this folder; `test` also installs Debian
packages (Chromium, Firefox ESR, Chinese fonts, GDAL, QGIS, PostGIS) where apt is at hand.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
WEB = ROOT / "app" / "web"
WHEELS = ROOT / "wheels"  # there in a bundle only
NO_PYTHON = 3
PROCESSES = (os.cpu_count() or 1) + 1
"""Of tests: many wait for a service or a browser that they have started."""
QUICK = (
    "tests/app/worker",
    "tests/zones/sandbox/test_forked.py",
    "tests/zones/cover",
    "tests/zones/ingest/test_ingest.py",
    "tests/zones/streams/test_bulk_csv.py",
)
"""What other versions of Python may do otherwise: processes, warnings, what is compiled."""


def main(arguments: list[str]) -> int:
    """Run the task named first; return its exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file may be started by an older python
        return fail("需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed.")
    own = (serve, test, test_python, lint, lock, pictures)
    tasks: dict[str, Callable[[list[str]], int]] = {
        **{task.__name__.replace("_", "-"): task for task in own},
        **{name: partial(deploy, f"{name}.py") for name in ("bundle", "sbom")},
    }
    if not arguments or arguments[0] not in tasks:
        print(__doc__)
        return 2
    os.chdir(ROOT)
    return tasks[arguments[0]](arguments[1:])


def serve(options: list[str]) -> int:
    """Install what running needs and start the service in the foreground."""
    side_by_side(partial(install_python, "requirements.lock"), partial(install_web, "--omit=dev"))
    bundle_web()
    command = [str(BIN / "zones"), "serve", *options]
    if os.name == "nt":
        return subprocess.call(command)
    os.execv(command[0], command)  # signals reach the service itself


def test(options: list[str]) -> int:
    """Install what testing needs, then lint, type-check and test; stop at the first failure."""
    dev = partial(install_python, "requirements-dev.lock")
    side_by_side(dev, install_web, install_programs)
    bundle_web()
    return lint([]) or run(*pytest_of(VENV), *options, check=False)


def test_python(options: list[str]) -> int:
    """Run the suite on another Python, from the same lock file; ``--quick`` runs a part of it.

    Returns `NO_PYTHON` where that Python is not on this machine.
    """
    if not options:
        return fail("用法 / usage: python3 tasks.py test-python 3.13 [--quick] [options of pytest]")
    version, *rest = options
    if (python := python_of(version)) is None:
        fail(f"未找到 Python {version} / Python {version} was not found on this machine.")
        return NO_PYTHON
    venv = VENV / f"python{version}"
    install_python("requirements-dev.lock", venv=venv, python=python)
    quick = "--quick" in rest
    rest = [option for option in rest if option != "--quick"]
    chosen = [*QUICK, "-m", "not slow"] if quick else []
    return run(*pytest_of(venv), "-p", "no:cacheprovider", *chosen, *rest, check=False)


def pytest_of(venv: Path) -> list[str]:
    """Return the command that tests with the packages of an environment, in several processes."""
    python = venv / BIN.relative_to(VENV) / "python"
    return [str(python), "-m", "pytest", f"--numprocesses={PROCESSES}", "--dist=worksteal"]


def python_of(version: str) -> str | None:
    """Return a program that is that version of Python: on the path, or one that pyenv has."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = [f"python{version}", *sorted(pyenv.glob(f"{version}*/bin/python"), reverse=True)]
    for program in map(str, named):
        command = [program, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError:
            continue
        if answer.returncode == 0 and version.startswith(answer.stdout.strip()):
            return program
    return None


def lint(_options: list[str]) -> int:
    """Check style, types, the direction of imports, and that what is imported is declared."""
    for step in ("ruff check .", "ruff format --check .", "mypy", "lint-imports", "deptry ."):
        tool, *rest = step.split()
        if code := run(BIN / tool, *rest, check=False):
            return code
    return check_scripts()


def check_scripts() -> int:
    """Check names, imports and arguments in the pages' scripts; without npm say that nobody did."""
    checker = WEB / "node_modules" / ".bin" / "tsc"
    if not checker.exists():
        print("脚本未检查：缺少 npm / scripts were not checked: npm is missing", file=sys.stderr)
        return 0
    return run(checker, "--project", WEB, check=False)


def lock(_options: list[str]) -> int:
    """Renew both lock files from pyproject.toml; they name no package index."""
    run(BIN / "pip", "install", "--quiet", "uv")
    compile_ = [BIN / "uv", "pip", "compile", "--quiet", "--upgrade", "pyproject.toml"]
    plain = ["--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header"]
    # One set for all versions of Python, so that what is tested on one is what another runs.
    target = ["--universal", "--fork-strategy", "fewest", "--python-version", "3.11"]
    target += [f"--extra={extra}" for extra in ("build", "postgis", "telemetry", "oidc")]
    run(*compile_, *plain, *target, "-o", "requirements.lock")
    extras = [f"--extra={extra}" for extra in ("dev", "spark", "images")]
    dev = [*extras, "-c", "requirements.lock", "-o", "requirements-dev.lock"]
    run(*compile_, *plain, *target, *dev)
    return 0


def deploy(script: str, options: list[str]) -> int:
    """Run a script of app/deploy, which says what it makes."""
    install_python("requirements.lock")
    return run(BIN / "python", ROOT / "app" / "deploy" / script, *options, check=False)


def pictures(names: list[str]) -> int:
    """Take the manual's pictures anew from the running product, all or those named."""
    side_by_side(partial(install_python, "requirements-dev.lock"), install_web, install_programs)
    return run(BIN / "python", "-m", "tests.web.help_pictures", *names, check=False)


def side_by_side(*steps: Callable[[], None]) -> None:
    """Install several things at once: most of the time each waits for what it downloads."""
    with ThreadPoolExecutor(len(steps)) as pool:
        for running in [pool.submit(step) for step in steps]:
            running.result()


def install_python(lock_file: str, *, venv: Path = VENV, python: str = sys.executable) -> None:
    """Make an environment hold exactly the locked packages; quick when nothing has changed."""
    fingerprint = digest(ROOT / lock_file, ROOT / "pyproject.toml")
    stamp = venv / f"installed-{lock_file}"
    own_python = venv / BIN.name / "python"
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    announce(f"安装 Python 依赖 / installing Python packages ({lock_file}) …")
    if not own_python.exists():
        run(python, "-m", "venv", venv)
    pip = [own_python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    # The lock file holds the whole closure. Resolving again, pip takes the newest version of a
    # requirement with extras (coverage[toml]) before it sees the pin, and then lacks its hash.
    if WHEELS.is_dir():
        wheels = WHEELS / "cp{}{}".format(*sys.version_info)
        if not wheels.is_dir():
            message = "离线包适用于另一版本的 Python / the bundle is for another Python"
            raise SystemExit(fail(f"{message}: {[path.name for path in WHEELS.iterdir()]}"))
        pip += ["--no-index", "--find-links", wheels]
    run(*pip, "--require-hashes", "--no-deps", "-r", lock_file)
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    stamp.write_text(fingerprint)


def install_web(*options: str) -> None:
    """Install the map's scripts and styles; without npm say what is missing and go on."""
    if WHEELS.is_dir():
        return  # they are part of a bundle
    lock_digest = digest(WEB / "package.json", WEB / "package-lock.json")
    fingerprint = " ".join([lock_digest, *options])
    stamp = WEB / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text() in (fingerprint, lock_digest):  # all is enough for some
        return
    if (npm := shutil.which("npm")) is None:
        fail(
            "未找到 Node.js（npm）：服务照常启动，但地图页缺少脚本。"
            "装好 Node.js 18 以上后重新运行即可。\n"
            "Node.js (npm) was not found: the service starts, but map pages lack their scripts.\n"
            "Install Node.js 18 or newer and run this command again."
        )
        return
    announce("安装地图脚本 / installing the map's scripts …")
    run(npm, "ci", *options, "--no-fund", "--no-audit", "--loglevel=error", cwd=WEB)
    stamp.write_text(fingerprint)


def bundle_web() -> None:
    """Put the map's modules together, which are then fewer and smaller; it also works without."""
    if (WEB / "node_modules" / "@esbuild").is_dir():
        run(
            BIN / "python",
            "-m",
            "app.map_page.script_bundle",
            check=False,
            stdout=subprocess.DEVNULL,
        )


def install_programs() -> None:
    """Install the browsers, fonts and GIS programs that tests look through."""
    run(sys.executable, ROOT / "tests" / "needed_programs.py")


def digest(*paths: Path) -> str:
    """Return one digest over the files' contents."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def announce(step: str) -> None:
    """Print what is being done, as one piece: steps run side by side."""
    print(f"{step}\n", end="", flush=True)


def run(*command: object, check: bool = True, **options: object) -> int:
    """Run a command; leave with its exit code if it fails and ``check`` is set.

    What it starts may keep what Python has compiled: tests start it hundreds of times.
    """
    kept = {name: word for name, word in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    options = {"env": kept, **options}
    code = subprocess.call([str(part) for part in command], **options)  # type: ignore[call-overload]  # as subprocess has them
    if check and code:
        raise SystemExit(fail(f"失败 / failed ({code}): {' '.join(map(str, command))}"))
    return int(code)


def fail(message: str) -> int:
    """Print a message for people and return the exit code of failure."""
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
