"""ArcGIS's REST API, read-only: a feature service for each collection.

``parameters`` reads requests, ``query`` finds features, ``answers`` and ``statistics`` write them,
``documents`` describe services and layers, ``routes`` is the door. Start with ``routes``.
"""
