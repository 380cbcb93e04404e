"""Who may do what: keys and browser sessions, their roles, and the routes that manage them.

Start at ``gate.py``: its `Gate` judges a request before a body is read, by the role that
``app.required_roles`` demands of the address. ``browser_session.py`` turns a key into a cookie.
May import ``app.http``, ``app.pages``, ``app.openapi`` and the modules below them.
"""
