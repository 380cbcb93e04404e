"""In: what a reader of any format gives: a layer's facts, its fields, its features in batches.

Start at ``model.py``; ``reading_choices.py`` and ``layer_choice.py`` hold what a person decided,
``file_findings.py`` what was found out. Formats implement it, ingest and quality use it. May import
``zones.encoding``, ``zones.crs``, ``zones.questions_to_people``.
"""
