"""Ask: where is this point? The zones, subdistrict, axes and belt of a place, and how surely.

Start at ``locator.py``, whose docstring has the eight rules. ``containment.py`` finds polygons,
``rules_without_distances.py`` says what follows from them, ``distances_and_certainty.py`` measures
and tells how surely, ``answer_json.py`` writes the JSON; ``bulk_*.py`` is the same for arrays,
``containing_features.py`` for any collection. May import ``zones.cover``, ``zones.snapshot`` and
what is below them.
"""
