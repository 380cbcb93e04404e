"""What all pages share: frame, templates, assets, words; and the pages of text and tables.

Start at ``frame.py``. Templates are in ``app/web/templates``, scripts and styles in
``app/web/static``. A page takes values that were asked of ``zones`` and returns HTML. Imports
nothing of ``app`` but ``app.http``, ``app.dependencies`` and the settings.
"""
