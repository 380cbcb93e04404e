"""Finding features by name; the search itself is ``zones.search``.

One module, ``routes.py``. May import ``app.http`` and ``app.dependencies``.
"""
