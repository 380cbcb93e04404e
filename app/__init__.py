"""The doors to ``zones``: HTTP and command line; thin, one folder a subject with its router.

Start at ``main.py``, which puts the application together, or at the routes of a subject.
A route states its inputs as named dependencies (``dependencies.py``), makes one call into
``zones`` and returns its result.
"""

from pathlib import Path
from typing import Final

APP_DIR: Final = Path(__file__).resolve().parent
"""Where templates and scripts lie, and one folder below that from which the program runs."""
