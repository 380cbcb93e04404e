"""Where the project and the plan's data lie, for tests in any folder."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
SEED_DIR: Final = ROOT / "geodata" / "seed"
