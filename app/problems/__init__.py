"""Faults as clients see them: RFC 9457 documents and pages, and what each code means.

Start at ``problem_document.py``; the status of a fault is decided in ``app.http.fault_status``, its
words are in ``zones/messages``. May import ``app.pages`` and what is below it.
"""
