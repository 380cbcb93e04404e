"""Keep: features and their history as a log of revisions: the protocol, and restoring.

Start at ``protocol.py``; ``sqlite/`` is the one implementation. ``revision_diff.py`` compares two
revisions. Imports ``zones.model``, ``zones.errors`` and ``zones.crs`` only.
"""
