"""WMTS 1.0.0 (OGC 07-057r7): tiles of map images, by key-value pairs and by paths.

``parameters`` reads both ways of asking into one form, ``capabilities`` writes what there is;
``routes`` is the door. Tiles come from ``app.map_images``. Start with ``routes``.
"""
