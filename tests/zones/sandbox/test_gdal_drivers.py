"""Reading processes have GDAL's driver of the file at hand, and no other."""

import subprocess
import sys

import pytest

from tests.paths import ROOT
from zones.sandbox.gdal_drivers import VECTOR_DRIVERS, environment_for

REGISTERED = """
import sys
sys.modules["pandas"] = sys.modules["pyarrow"] = None
import pyogrio
print(*sorted(pyogrio.list_drivers()), sep="\\n")
"""


@pytest.mark.slow
@pytest.mark.parametrize("driver", ["GPKG", "ESRI Shapefile"])
def test_one_driver_is_registered_for_a_file_and_none_that_fetches(driver: str) -> None:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment_for(driver)}
    ran = subprocess.run(
        [sys.executable, "-c", REGISTERED],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == sorted({driver, "MEM"})


def test_every_driver_but_the_one_is_skipped() -> None:
    listed = VECTOR_DRIVERS.split(",")
    assert {"WFS", "OAPIF", "OGR_VRT", "GDALG", "HTTP"} <= set(listed)
    for driver in listed:
        skipped = environment_for(driver)["GDAL_SKIP"].split(",")
        assert sorted([*skipped, driver]) == sorted(listed)
