"""In: the one way in. Read -> storage CRS -> check -> compare -> store, as one revision.

Start at ``run_import.py``; ``compare_and_store.py`` is its second half, ``import_context.py`` has
who follows it. ``read_source.py`` is the parent's side of the process border,
``read_in_sandbox.py`` the child's, ``wire*.py`` what may pass between them.
``match_method.py`` decides which stored feature a file's feature is, ``key_field.py`` and
``match_by_content.py`` help it.
May import everything that comes in and the store; never what is asked or shown.
"""
