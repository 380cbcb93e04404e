"""EsriJSON: what ``query?f=json`` of an ArcGIS REST service answers, saved as a file.

Start at ``source.py``; ``spatial_reference.py`` reads the spatial reference, ``fields.py`` aliases,
domains and dates, ``geometry.py`` rings and paths. Facts are those of "JSON data" and "Query
(Feature Service/Layer)" at developers.arcgis.com/rest. Runs in the child, but for the recognition.
"""
