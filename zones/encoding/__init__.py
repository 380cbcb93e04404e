"""In: which encoding a file's text is in, decided from all of its bytes and not from its label.

Start at ``decide.py``; ``trials.py`` decodes, ``scripts.py`` judges whether the text makes sense.
May import ``zones.decisions``, ``zones.model`` and ``zones.errors`` only.
"""
