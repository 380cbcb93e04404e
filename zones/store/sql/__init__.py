"""The store in a relational database: tables, revisions, and what is kept beside them.

Start at ``store.py``, then ``write_revision.py`` (a revision written), ``revision_history.py`` and
``delta_since_revision.py`` (revisions read); ``tables.py`` has the tables. ``database.py`` says
what a database must offer; ``zones.store.sqlite`` is one, and nothing here imports it.
"""
