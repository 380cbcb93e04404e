"""Work in a process of its own, so that look-ups share neither memory nor interpreter with it.

Start at ``run_in_process.py``; ``fork_server.py`` keeps the process that others are forked from,
``shared_fork_server.py`` one for all workers of a service. What such a process does is
``app.worker_process_main``, which is named by a string only. Imports nothing of ``app``.
"""
