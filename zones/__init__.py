"""Zone geometry, lookup, attribution and maps of 沈阳市和平区; knows nothing of the web.

Four words find a folder: what comes *in* (``sandbox formats encoding source georeference quality
ingest``), is *kept* (``store segment_files``), is *asked* (``snapshot cql2 cover lookup streams
spark attribution search plan``) and is *shown* (``tiles drawing printing map_page export``); the
rest is common to all. README.md beside this file draws the three ways through them: a look-up, an
upload, the map.
"""

from pathlib import Path
from typing import Final

PACKAGE_DIR: Final = Path(__file__).resolve().parent
"""Where this library lies: what a confined reader may read of our own, and what Spark sends."""
