"""Ask: all collections at one revision, immutable; every read is answered from one.

Start at ``model.py`` (`Snapshot`), then ``collection.py`` (`Collection`, in memory) and
``mapped_collection.py`` (the same in a segment that all workers map, for large ones;
``collection_loader.py`` says where a collection is read from). ``current_snapshot.py`` keeps a
worker at the store's current revision, ``former_revisions.py`` remembers older ones. May import
``zones.store``, ``zones.segment_files`` and what is common; ``zones.cover`` stands beside it.
"""
