"""Single features made, replaced, changed and deleted (OGC API Features, Part 4).

Start at ``store_edit.py``: an edit is checked in the confined process, stored as one revision and
audited. ``feature_unchanged_since.py`` compares what the client has seen. May import
``app.features``, ``app.imports`` (limits of the confined process), ``app.worker`` and what is below
them.
"""
