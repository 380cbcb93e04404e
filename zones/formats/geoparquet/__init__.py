"""GeoParquet and plain Parquet with a geometry column.

Start at ``source.py``; ``geometry.py`` reads WKB and native encodings. Runs in the child.
"""
