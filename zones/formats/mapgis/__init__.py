"""MapGIS 6.x: points (.wt), lines (.wl) and areas (.wp) in binary files of their own.

Geological and older land data are in them. mapgis2shp reads geometry and attributes; coordinates
are millimetres on the map, whose system a person names.
"""
