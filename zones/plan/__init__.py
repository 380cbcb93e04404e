"""Ask: the plan's own data: its seed and its checks, areas against the text, profiles of elements.

Start at ``seed.py`` (what an empty store is filled with), ``planned_and_measured.py`` (planned
beside measured), ``element_profile.py``. May import ``zones.attribution``, ``zones.lookup``,
``zones.store`` and what is below them.
"""
