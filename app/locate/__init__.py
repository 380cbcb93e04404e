"""Where points lie: one in the query, a list in JSON, streams of any length.

Start at ``routes.py``; ``fast_path.py`` answers the commonest request before the framework does.
``routes_many.py`` and ``stream_batches.py`` carry streams. May import ``app.pages``,
``app.openapi`` and what is below them; the look-up itself is ``zones.lookup``, streams are
``zones.streams``.
"""
