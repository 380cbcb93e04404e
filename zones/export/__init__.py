"""Show: collections as files of nine formats, 国土 TXT of land offices among them.

Start at ``write_file.py``; one module a format, ``export_layer.py`` is what all of them take. May
import ``zones.geojson``, ``zones.properties``, ``zones.crs`` and the words of ``zones.quality``.
"""
