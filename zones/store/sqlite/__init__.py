"""A SQLite file as a store's database: one writer, many readers, one transaction a revision.

Start at ``database.py``, then ``connections.py`` (connections and transactions). ``backup.py``
copies the file while it is in use. May import ``zones.store.sql``.
"""
