"""Keep: a collection as of one revision in a file that all processes map and none changes.

Start at ``rows.py`` (what is in a segment, written and read), then ``container.py`` (the file) and
``tree.py`` (its spatial index). Knows nothing of the store: a segment is made of features, and can
be made of them again. Imports what is common and ``zones.geojson``.
"""
