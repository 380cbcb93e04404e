"""Faults as clients see them: RFC 9457 documents and pages, and what each code means.

Start at ``document.py``; the status of a fault is decided in ``app.http.errors``, its words are in
``zones/messages``. May import ``app.pages`` and what is below it.
"""
