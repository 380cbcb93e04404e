"""Shapefiles: our own reader of .shp and .dbf, since counts lie and encodings must be known first.

Start at ``source.py``; ``dbf.py`` reads the table, ``shapes.py`` the geometries. Runs in the
child.
"""
