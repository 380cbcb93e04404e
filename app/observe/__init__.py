"""What operators see: log lines, metrics, and how much memory each cache may take.

``log_lines.py`` writes one JSON line a request, ``prometheus_metrics.py`` what ``/metrics``
answers: the ``worker_counts.py`` of all workers, which ``counts_of_all_workers.py`` finds. Imports
nothing of ``app`` but ``app.http`` and the settings.
"""
