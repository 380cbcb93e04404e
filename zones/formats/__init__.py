"""In: one folder a file format, each with a module ``source`` that opens a layer.

Start at ``open_file.py``: a file -> its reader. All of it runs in the confined child process only
(``zones.sandbox``), except ``supported_formats.py``. May import ``zones.source`` (what a reader
gives), ``zones.sandbox``, ``zones.encoding``, ``zones.quality``, ``zones.geojson`` and
``zones.crs``.
"""
