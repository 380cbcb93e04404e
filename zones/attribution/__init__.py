"""Ask: how much of each feature lies in each of others, and rollups whose parts sum to the whole.

Start at ``overlay_shares.py`` (shares), then ``totals_by_polygon.py``. May import ``zones.lookup``,
``zones.snapshot`` and what is below them.
"""
