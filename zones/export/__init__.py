"""Show: collections as files: GeoPackage, shapefile, GeoJSON, KML, CSV, GeoParquet, FlatGeobuf.

Start at ``write.py``; one module a format, ``layer.py`` is what all of them take. May import
``zones.geojson``, ``zones.properties``, ``zones.crs`` and the words of ``zones.quality``.
"""
