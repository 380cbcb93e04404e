"""CSV and text tables: dialect, columns of coordinates in any spelling, geometries in cells.

Start at ``source.py``; ``table.py`` cuts rows, ``column_kinds.py`` finds the place. Runs in the
child.
"""
