"""Features of a collection, read: pages, single features, schemas, exports, pages for people.

Start at ``query.py`` (the query's text -> what is wanted), then ``selection.py`` (which features)
and ``pages.py`` (their GeoJSON). ``routes_ogc.py`` has the landing page and the collections.
May import ``app.tiles``, ``app.maps``, ``app.openapi``, ``app.pages`` and what is below them.
"""
