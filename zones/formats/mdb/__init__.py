"""Personal geodatabases: Access databases (.mdb) with Esri's tables of layers and systems.

Start at ``source.py``; ``catalogue.py`` lists the layers. ``pages.py`` finds rows in the pages of
the file, ``tables.py`` columns and cells, ``values.py`` what a cell holds, ``shapes.py`` what a
shape is. The layout of pages is that of ``HACKING.md`` of mdbtools 1.0; Jackcess 4.0.5 writes files
to compare with. Shapes are as in Esri's technical description of shapefiles (July 1998), with the
types of its "Extended Shapefile Record Format" (2012). Neither Access nor a driver of it is needed.
"""
