"""Keep: features and their history as a log of revisions: the protocol, and restoring.

Start at ``protocol.py`` and ``open_store.py``; ``sql/`` is the implementation, ``sqlite/`` and
``postgres/`` the databases that it is kept in. ``revision_diff.py`` compares two revisions. Imports
``zones.model``, ``zones.errors`` and ``zones.crs`` only.
"""
