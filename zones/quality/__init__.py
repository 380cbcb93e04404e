"""In: whether what was read may be stored: validity, overlaps, gaps, attributes, identifiers.

Start at ``validation.py`` (each geometry by itself), then ``relations.py`` (how they lie to each
other). Runs in the child, except ``stored_overlaps.py``. May import ``zones.source``,
``zones.sandbox``, ``zones.crs``.
"""
