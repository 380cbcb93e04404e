"""In: what a reader of any format gives: a layer's facts, its fields, its features in batches.

Start at ``model.py``; ``choice.py`` and ``layer_choice.py`` hold what a person decided,
``findings.py`` what was found out. Formats implement it, ingest and quality use it. May import
``zones.encoding``, ``zones.crs``, ``zones.decisions``.
"""
