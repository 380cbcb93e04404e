"""Vector tiles over HTTP: OGC API Tiles, TileJSON, and the cache of tiles.

Start at ``serve_tile.py`` (a tile from the cache, or made in a thread); ``routes.py`` has the
addresses. Tiles are made by ``zones.tiles``. May import ``app.pages``, ``app.openapi``,
``app.observe`` and what is below them.
"""
