"""GeoJSON, GeoJSON sequences and their many near relatives, in bounded depth and memory.

Start at ``source.py``; ``json_scan.py`` finds the features before any parser sees them. Runs in the
child.
"""
