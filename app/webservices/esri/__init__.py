"""ArcGIS's REST API, read-only: a feature service for each collection.

``parameters`` reads requests, ``query`` finds features, ``query_answers`` and ``query_statistics``
write them, ``service_and_layer_documents`` describe services and layers, ``routes`` is the door.
Start with ``routes``.
"""
