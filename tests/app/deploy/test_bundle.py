"""What is packed for a machine without a network."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.paths import ROOT


def script(name: str, folder: Path = ROOT / "app" / "deploy") -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_bundle_has_what_running_needs_and_nothing_of_this_machine() -> None:
    packed = {path.relative_to(ROOT).as_posix() for path in script("bundle").members()}
    assert {"tasks.py", "requirements.lock", "app/main.py", "zones/crs/transform.py"} <= packed
    assert {"app/web/package.json", "app/deploy/compose.yaml", "app/DEPLOY.md"} <= packed
    assert any(name.startswith("geodata/seed/") for name in packed)
    foreign = (".venv", ".git/", "tests/", "geodata/store", "node_modules", "__pycache__")
    assert [name for name in packed if any(part in name for part in foreign)] == []


def test_a_bundle_installs_from_its_own_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks = script("tasks", ROOT)
    commands: list[str] = []
    venv = tmp_path / "venv"
    venv.mkdir()
    monkeypatch.setattr(tasks, "run", lambda *words: commands.append(" ".join(map(str, words))))
    monkeypatch.setattr(tasks, "WHEELS", tmp_path / "wheels")
    (tmp_path / "wheels" / "cp207").mkdir(parents=True)
    with pytest.raises(SystemExit):
        tasks.install_python("requirements.lock", venv=venv)
    assert "cp207" in capsys.readouterr().err
    own = tmp_path / "wheels" / "cp{}{}".format(*sys.version_info)
    own.mkdir()
    tasks.install_python("requirements.lock", venv=venv)
    assert any(f"--no-index --find-links {own} --require-hashes" in line for line in commands)
    commands.clear()
    tasks.install_web()
    assert commands == []
