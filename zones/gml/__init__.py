"""Features and geometries in GML 3.2.1 and 3.1.1 (OGC 07-036r1, 03-105r1).

``xml_names`` turns names of properties and features into names that XML allows, ``property_types``
says of what type a collection's properties are, ``xml_schema`` writes that down as XML Schema,
``write_features`` and ``write_geometry`` write features, ``read_geometry`` reads geometries that
clients send. May import what is asked (snapshot, cql2); knows nothing of requests. Start with
``property_types``.
"""
