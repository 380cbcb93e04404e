"""Features of a collection, read: pages, single features, schemas, exports, pages for people.

Start at ``items_query.py`` (the query's text -> what is wanted), then ``selection_cache.py`` (which
features) and ``items_as_geojson.py`` (their GeoJSON). ``routes_ogc.py`` has the landing page and
the collections. May import ``app.tiles``, ``app.map_page``, ``app.openapi``, ``app.pages`` and what
is below them.
"""
