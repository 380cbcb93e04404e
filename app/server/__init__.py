"""The running server: sockets, start, shutdown, middleware, health, the refresher of snapshots.

Start at ``middleware.py`` for what every request passes, at ``startup.py`` for what must be true
before the first one. ``routes.py`` answers health and metrics. May import every subject of
``app``; none of them imports it.
"""
