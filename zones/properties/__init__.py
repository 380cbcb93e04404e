"""Common: what people read for a collection's properties: titles, coded values, feature names.

``one_map.toml`` and ``class_codes.toml`` hold what planning and survey offices call alike.

Imports ``zones.model`` only.
"""
