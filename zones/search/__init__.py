"""Ask: search by name: Chinese and English names, aliases, codes, pinyin and its initials.

Start at ``find_by_name.py``. May import ``zones.snapshot`` and ``zones.properties``.
"""
