"""Common: what people read for a collection's properties: titles, coded values, feature names.

Imports ``zones.model`` only.
"""
