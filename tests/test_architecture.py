"""Promises of the architecture: imports go down only, in no circle, and read paths stay light."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT


def test_imports_go_down_only_and_in_no_circle() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.slow
def test_the_server_starts_without_pandas_arrow_folium_or_gdal() -> None:
    heavy = "{'pandas', 'geopandas', 'pyarrow', 'pyogrio', 'folium', 'openpyxl'}"
    code = f"import sys, app.main; sys.exit(' '.join({heavy} & set(sys.modules)) or 0)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.slow
def test_importing_the_service_touches_no_file(tmp_path: Path) -> None:
    code = "import app.main, app.cli.main"
    environment = {"PYTHONPATH": str(ROOT), "ZONES_STORE": f"sqlite:///{tmp_path}/none.sqlite"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    assert list(tmp_path.iterdir()) == []


def test_every_module_opens_with_one_line_that_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for package in ("zones", "app")
        for path in (ROOT / package).rglob("*.py")
        if "node_modules" not in path.parts
        and not path.read_text(encoding="utf-8").lstrip().startswith('"""')
    ]
    assert silent == []


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for package in ("zones", "app")
        for path in (ROOT / package).rglob("*.py")
        if "node_modules" not in path.parts
    }
    assert {name: count for name, count in lengths.items() if count > 300} == {}


def _packages() -> list[Path]:
    found = (path for package in ("zones", "app") for path in (ROOT / package).rglob("__init__.py"))
    return sorted(path for path in found if "node_modules" not in path.parts)


def test_every_folder_says_what_it_is_for() -> None:
    docstrings = {
        str(path.parent.relative_to(ROOT)): ast.get_docstring(ast.parse(path.read_text("utf-8")))
        for path in _packages()
    }
    assert [name for name, said in docstrings.items() if len(said or "") < 60] == []


def test_modules_that_folders_name_as_theirs_are_there() -> None:
    gone = [
        f"{path.parent.relative_to(ROOT)}: {name}"
        for path in _packages()
        for name in re.findall(r"``([a-z0-9_*]+\.py)``", path.read_text("utf-8"))
        if not any(path.parent.glob(name))
    ]
    assert gone == []


def test_modules_that_the_flows_name_are_there() -> None:
    text = (ROOT / "zones" / "README.md").read_text("utf-8")
    named = re.findall(r"`((?:[a-z0-9_*]+/)+[a-z0-9_*-]+\.(?:py|js))`", text)
    places = (ROOT / "zones", ROOT, ROOT / "app" / "web" / "static")
    assert len(named) > 40
    assert [name for name in named if not any(any(at.glob(name)) for at in places)] == []
