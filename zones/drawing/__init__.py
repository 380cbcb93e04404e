"""Show: collections in a view as shapes and placed labels, once for every kind of picture.

Start at ``compose_drawing.py`` (snapshot and viewport → `Drawing`): ``features_in_view.py`` finds
what is drawn, ``names_in_view.py`` what is named. ``model.py`` has the nouns,
``staff_layer_style.py`` what staff may set, ``draw_plan_layers.py`` the layers' own looks,
``svg.py`` writes a drawing. May import ``zones.lookup``, ``zones.tiles`` and ``zones.snapshot`` and
what is below them.
"""
