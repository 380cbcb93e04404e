"""Features and geometries in GML 3.2.1 and 3.1.1 (OGC 07-036r1, 03-105r1).

``names`` turns names of properties and features into names that XML allows, ``types`` says of
what type a collection's properties are, ``schema`` writes that down as XML Schema, ``features``
and ``writing`` write features, ``reading`` reads geometries that clients send. May import what is
asked (snapshot, cql2); knows nothing of requests. Start with ``types``.
"""
