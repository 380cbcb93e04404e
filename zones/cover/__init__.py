"""Ask: a grid over polygons that knows, or soon finds out, which of them hold a point.

Start at ``grid_cover.py`` (the cover), then ``many_points.py`` (many points) and ``one_point.py``
(one). ``exact_by_shapely.py`` is shapely alone: slow, and the measure of all answers. Imports
``zones.errors`` at most: it would do for any polygons.
"""
