"""Common: GeoJSON as text, and geometry as it is published (rounded, still valid).

``published.py`` rounds, ``text.py`` writes, ``numbers.py`` and ``members.py`` find what parsers
would bend. Imports ``zones.crs`` and ``zones.memory`` only.
"""
