"""In: which reference system and datum a file's numbers are in, and when a person must decide.

Start at ``crs_doubts.py`` and ``datum_doubts.py`` (the decision), then ``crs_candidates.py`` (the
ranking) and ``outline_fit.py`` (the evidence). May import ``zones.source``, ``zones.quality``,
``zones.store`` (the expected place) and ``zones.crs``.
"""
