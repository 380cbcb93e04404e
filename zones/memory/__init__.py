"""Common: what is remembered and for how long: bounded caches, memos, tuning of garbage collection.

``bounded_cache.py`` forgets by bytes, ``memo.py`` works things out once for something immutable.
Imports nothing of ``zones``.
"""
