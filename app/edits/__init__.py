"""Single features made, replaced, changed and deleted (OGC API Features, Part 4).

Start at ``make.py``: an edit is checked in the confined process, stored as one revision and
audited. ``if_match.py`` compares what the client has seen. May import ``app.features``,
``app.imports`` (limits of the confined process), ``app.worker`` and what is below them.
"""
