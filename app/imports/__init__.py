"""Files on their way into a collection, outside the request that sent them.

Start at ``routes.py``, then ``jobs.py`` (slots and states) and ``run.py`` (one import from start
to end). ``process.py`` runs in the process that carries the import out; ``workfolder.py`` says
what excludes what across processes. May import ``app.revisions``, ``app.worker``,
``app.observe`` and what is below them; the import itself is ``zones.ingest``.
"""
