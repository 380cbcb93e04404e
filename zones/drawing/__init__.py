"""Show: collections in a view as shapes and placed labels, once for every kind of picture.

Start at ``compose.py`` (snapshot and viewport → `Drawing`); ``model.py`` has the nouns,
``style.py`` what staff may set, ``symbols.py`` the layers' own looks, ``svg.py`` writes a drawing.
May import ``zones.lookup``, ``zones.tiles`` and ``zones.snapshot`` and what is below them.
"""
