"""What HTTP asks of every route: limits, negotiation, conditions, faults, links, compression.

One module a header or a duty, named by it; ``fault_status.py`` has the only table from a fault to
its status, ``parameters.py`` reads single query parameters. Imports nothing of ``app`` but the
settings.
"""
