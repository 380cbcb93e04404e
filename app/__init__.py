"""The doors to ``zones``: HTTP and command line."""

from pathlib import Path
from typing import Final

APP_DIR: Final = Path(__file__).resolve().parent
"""Where templates and scripts lie, and one folder below that from which the program runs."""
