"""Files on their way into a collection, outside the request that sent them.

Start at ``routes.py``, then ``queue.py`` (slots and states) and ``run_to_end.py`` (one import from
start to end). ``import_job.py`` runs in the process that carries the import out;
``upload_folder.py`` says what excludes what across processes. May import ``app.revisions``,
``app.worker``, ``app.observe`` and what is below them; the import itself is ``zones.ingest``.
"""
