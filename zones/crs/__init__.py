"""Common: reference systems, datums and measurement; the only place where coordinates change.

Start at ``transform.py`` (`CRS`, `from_storage` and back); ``gcj02_bd09.py`` has GCJ-02 and BD-09,
``source_crs.py`` reads what a file says of its system, ``area_and_length.py`` measures area and
length. Imports ``zones.errors`` and ``zones.model`` only.
"""
