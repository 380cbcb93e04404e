"""VCT, the exchange format of Chinese land and planning offices (GB/T 17798), versions 1.0 to 3.0.

A text of nested sections: head, codes of features, structure of tables, points, lines, polygons,
notes, topology, attributes. Polygons name lines that stand before them; attributes come last. A
county has gigabytes, so only places in the file are remembered, and what is wanted is read again.
"""
