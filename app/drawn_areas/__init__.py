"""Areas that anybody draws or pastes: measured, shared out, and not kept.

Start at ``routes.py``. ``read_pasted_areas.py`` has a text read in the confined process. May import
``app.pages``, ``app.worker`` and what is below them.
"""
