"""Formats that GDAL reads without help of ours: FlatGeobuf, FileGDB and the like.

Start at ``source.py``; ``values.py`` turns GDAL's columns into properties. Other formats' readers
that go through GDAL import it. Runs in the child.
"""
