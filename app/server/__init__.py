"""The running server: sockets, start, shutdown, middleware, health, the refresher of snapshots.

Start at ``middleware_stack.py`` for what requests pass, ``direct_answers.py`` for what is answered
before it, ``startup.py`` for what must be true before the first one, ``load_ahead.py`` for what is
loaded before it and what right after. ``routes_health_metrics.py`` answers health and metrics. May
import every subject of ``app``; none of them imports it.
"""
