"""Ask: all collections at one revision, immutable; every read is answered from one.

Start at ``model.py`` (`Snapshot`), then ``collection.py`` (`Collection`, in memory) and
``mapped.py`` (the same in a segment that all workers map, for large ones; ``shelf.py`` says where a
collection is read from). ``follow.py`` keeps a worker at the store's current revision,
``former.py`` remembers older ones. May import ``zones.store``, ``zones.segments`` and what is
common; ``zones.cover`` stands beside it.
"""
