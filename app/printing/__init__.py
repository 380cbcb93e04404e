"""Printed sheets: the order as parameters say it, made in threads and remembered, and a page.

Start at ``routes.py``, then ``sheet_cache.py``; sheets themselves are ``zones.printing``. May
import ``app.pages``, ``app.openapi`` and what is below them.
"""
