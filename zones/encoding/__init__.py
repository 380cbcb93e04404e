"""In: which encoding a file's text is in, decided from all of its bytes and not from its label.

Start at ``decide_encoding.py``; ``trial_decoding.py`` decodes, ``plausible_scripts.py`` judges
whether the text makes sense. May import ``zones.questions_to_people``, ``zones.model`` and
``zones.errors`` only.
"""
