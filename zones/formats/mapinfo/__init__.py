"""MapInfo's two forms: MIF/MID as text, and TAB with .dat, .map and .id; several files each.

GDAL reads them from copies of our own making: columns named ``f0``, ``f1`` …, no label of an
encoding, and no line that names another file. What the texts are in is for us to decide.
"""
