"""WFS 2.0 and 1.1 (OGC 09-025r2, 04-094), read-only.

``parameters`` reads requests sent as key-value pairs or XML into one form, ``versions`` says what
differs between versions, ``query`` makes a selection of a request, ``capabilities``, ``features``
and ``queries`` write answers, ``faults`` exceptions; ``routes`` is the door. Start with ``routes``.
"""
