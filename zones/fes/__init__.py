"""Filter Encoding 2.0, 1.1 and 1.0 (OGC 09-026r2, 04-095) -> the document of a CQL2 filter.

So that both kinds of filters have one meaning, and one set of tests: ``filter_to_cql2`` reads
operators, ``comparison_values`` values as the properties beside them want them, ``spatial``
geometries. What is not understood is refused, for a condition that is passed over would let every
feature through.
"""
