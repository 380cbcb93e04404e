"""What operators see: log lines, metrics, and how much memory each cache may take.

``logs.py`` writes one JSON line a request, ``metrics.py`` what ``/metrics`` answers: the
``counts.py`` of all workers, which ``shared_counts.py`` finds. Imports nothing of ``app`` but
``app.http`` and the settings.
"""
