"""Collections that staff make, describe and drop; those of the plan stay.

Start at ``routes.py``. May import ``app.features`` (how a collection is described) and what is
below it.
"""
