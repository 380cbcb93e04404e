"""Esri's words for features: field types, geometries as JSON, the ``where`` clause.

``field_types`` says of what type properties are, ``geometry_json`` writes and reads geometries,
``where`` turns a clause of SQL into the document of a CQL2 filter. May import what is asked
(snapshot, cql2); knows nothing of requests. The forms are those of the ArcGIS REST API, "Feature
Service" and "Common data types".
"""
