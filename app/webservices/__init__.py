"""Doors for older clients: services of OGC and Esri beside the OGC API, all of them read-only.

One folder a service, each with its router; they turn a request into what ``zones`` is asked by all
other doors (a ``Selection``, a filter of CQL2) and write the answer in their own language, faults
included.
"""
