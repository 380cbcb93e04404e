"""The store in a SQLite file: one writer, many readers, one transaction a revision.

Start at ``store.py``, then ``apply.py`` (a revision written), ``history.py`` and ``delta.py``
(revisions read); ``tables.py`` has the tables.
"""
