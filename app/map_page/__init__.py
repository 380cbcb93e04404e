"""The map page: its values gathered from the snapshot, the settings and the request.

Start at ``routes.py``, then ``gather_values.py``; the frame is ``zones.map_page``, the scripts lie
in ``app/web/static/js/map``. May import ``app.pages``, ``app.openapi`` and what is below them.
"""
