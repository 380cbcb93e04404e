"""Keep: a collection as of one revision in a file that all processes map and none changes.

Start at ``segment_rows.py`` (what is in a segment, written and read), then ``file_layout.py`` (the
file) and ``packed_rtree.py`` (its spatial index). Knows nothing of the store: a segment is made of
features, and can be made of them again. Imports what is common and ``zones.geojson``.
"""
