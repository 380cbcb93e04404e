"""In: whether what was read may be stored: validity, overlaps, gaps, attributes, identifiers.

Start at ``geometry_validation.py`` (each geometry by itself), then ``overlaps_gaps_slivers.py``
(how they lie to each other, and which are there twice). Runs in the child, except
``stored_overlaps.py``. May import ``zones.source``, ``zones.sandbox``, ``zones.crs``.
"""
