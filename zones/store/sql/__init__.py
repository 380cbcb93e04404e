"""The store in a relational database: tables, revisions, and what is kept beside them.

Start at ``store.py``, then ``apply.py`` (a revision written), ``history.py`` and ``delta.py``
(revisions read); ``tables.py`` has the tables. ``database.py`` says what a database must offer;
``zones.store.sqlite`` is one, and nothing here imports it.
"""
