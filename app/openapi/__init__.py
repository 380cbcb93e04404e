"""The OpenAPI document: what FastAPI gathers from the routes, and what holds for all of them.

Start at ``document.py``; ``collections.py`` adds each collection's own paths, ``version_3_0.py``
writes the form that GDAL reads. May import ``app.problems``, ``app.access`` and what is below
them.
"""
