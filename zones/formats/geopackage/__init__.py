"""GeoPackage: what SQLite finds wrong with it, its schema extension, its layers by GDAL.

Start at ``source.py``. Runs in the child.
"""
