"""Other programs are told of each revision, at addresses that the operator has listed.

Start at ``deliveries.py``. May import ``app.imports`` (the folder for work and its locks),
``app.visible_collections`` and what is below.
"""
