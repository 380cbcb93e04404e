"""Common: GeoJSON as text, and geometry as it is published (rounded, still valid).

``published_geometry.py`` rounds, ``geometry_text.py`` writes, ``lossy_numbers.py`` and
``duplicate_members.py`` find what parsers would bend. Imports ``zones.crs`` and ``zones.memory``
only.
"""
