"""The map page is drawn by Folium, without what a service has no use for."""

import subprocess
import sys

import pytest

LOADED = """
import sys
from app.map_page.load_renderer import load_renderer
load_renderer()
print("folium" in sys.modules, "pandas" in sys.modules)
import pandas
print(pandas.DataFrame({"n": [1]}).shape)
"""


@pytest.mark.slow
def test_folium_is_loaded_without_pandas_which_can_be_loaded_later() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split("\n")[:2] == ["True False", "(1, 1)"]
