"""Zone geometry, lookup, attribution and maps of 沈阳市和平区; knows nothing of the web."""

from pathlib import Path
from typing import Final

PACKAGE_DIR: Final = Path(__file__).resolve().parent
"""Where this library lies: what a confined reader may read of our own, and what Spark sends."""
