"""The plan's indicators, and the values that are reported for them.

Start at ``routes.py``; what they mean is in ``zones.plan.indicators``. May import ``app.imports``
(how a form with a file is taken), ``app.pages`` and what is below them.
"""
