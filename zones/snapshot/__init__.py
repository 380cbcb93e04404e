"""Ask: all collections at one revision, immutable in memory; every read is answered from one.

Start at ``model.py`` (`Snapshot`), then ``collection.py`` (`Collection`). ``follow.py`` keeps a
worker at the store's current revision, ``former.py`` remembers older ones. May import
``zones.store`` and what is common; ``zones.cover`` stands beside it.
"""
