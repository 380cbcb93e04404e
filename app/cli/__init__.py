"""The command ``zones``: the same verbs as the service, no logic of its own.

Start at ``main.py``, which lists the commands; one module a group of them. ``console.py``
draws progress, ``tables.py`` tables, ``store_options.py`` opens the store. May import everything in
``app`` but ``app.main``, which it names by a string for uvicorn.
"""
