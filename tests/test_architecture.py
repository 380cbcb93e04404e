"""Promises of the architecture: imports go down only, in no circle, and read paths stay light."""

import subprocess
import sys
from pathlib import Path

from tests.paths import ROOT


def test_imports_go_down_only_and_in_no_circle() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


def test_the_server_starts_without_pandas_arrow_folium_or_gdal() -> None:
    heavy = "{'pandas', 'geopandas', 'pyarrow', 'pyogrio', 'folium', 'openpyxl'}"
    code = f"import sys, app.main; sys.exit(' '.join({heavy} & set(sys.modules)) or 0)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


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
