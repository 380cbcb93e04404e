"""Ask: where billions of points lie: the bulk locator on a Spark cluster.

Start at ``locate_parquet.py`` (files and folders) or ``dataframe.py`` (jobs of one's own). May
import ``zones.streams``, ``zones.lookup`` and what is below them; nothing imports it but the
command. The only package that imports pyspark, which is not installed by itself: ``pip install
'heping-zones[spark]'``, and a Java of version 17 or newer.
"""

import warnings

from zones.errors import SparkMissingError

try:
    import pyspark as _pyspark  # noqa: F401 - only to say in plain words what is missing
except ImportError as error:
    raise SparkMissingError from error

# Batches go by Arrow alone.
warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
