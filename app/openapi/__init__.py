"""The OpenAPI document: what FastAPI gathers from the routes, and what holds for all of them.

Start at ``document.py``; ``collection_paths.py`` adds each collection's own paths,
``convert_to_3_0.py`` writes the form that GDAL reads. May import ``app.problems``,
``app.required_roles`` and what is below them.
"""
