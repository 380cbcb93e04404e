"""Ask: where millions of points lie: arrays and streams in, the same with answers out.

Start at ``choose_stream.py`` (which form goes in and out), then ``coordinates_to_answers.py``
(coordinates -> answers). ``csv_*.py``, ``geojson_*.py``, ``arrow_*.py`` and ``parquet_*.py`` read
and write the forms (``parquet_append_columns.py`` from file to file, without decoding what it
carries over). Faults of coordinates are told by ``coordinates_to_answers.py``, of rows by
``csv_row_faults.py`` and ``geojson_stream.py``, of columns by ``table_coordinate_columns.py``. May
import ``zones.lookup``, and of what comes in ``zones.sandbox``, ``zones.ingest`` and
``zones.formats``, since foreign Parquet and GIS files are read in the child.
"""
