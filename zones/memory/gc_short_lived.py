"""How a process that lives for one file looks for garbage: seldom."""

import gc
from typing import Final

_NEW_OBJECTS: Final = 200_000
_YOUNG_PASSES: Final = 20


def collect_seldom() -> None:
    """Leave what is loaded out of every collection, and collect some hundred times more seldom.

    A file's features are millions of objects that all stay, through which the collector walks in
    vain: of the 8.8 s that 200,000 polygons took to be read and stored it used 2. Cycles are still
    found, so that a file which makes many cannot fill the memory with them.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_PASSES, _YOUNG_PASSES)
