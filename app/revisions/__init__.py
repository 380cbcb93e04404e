"""The history of a collection: its revisions, what differs between two, restoring one.

Start at ``routes.py``. May import ``app.problems``, ``app.openapi``, ``app.pages`` and what is
below them.
"""
