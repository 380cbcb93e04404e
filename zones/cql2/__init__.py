"""Filters in CQL2 (OGC 21-065r2), text and JSON: which features of a collection they let through.

text.py and document.py read the two encodings into one document, build.py makes sure that it
makes sense (of an interval intervals.py), evaluation.py works it out on columns of a whole
collection at once, and schema.py says what may be asked.
"""

from zones.cql2.filter import LANGUAGES, Filter, Language, filter_of_values, parse_filter
from zones.cql2.operations import FUNCTIONS
from zones.cql2.queryables_schema import Queryable, feature_schema, queryables, queryables_schema
from zones.cql2.unquoted_names import is_plain_name

__all__ = [
    "FUNCTIONS",
    "LANGUAGES",
    "Filter",
    "Language",
    "Queryable",
    "feature_schema",
    "filter_of_values",
    "is_plain_name",
    "parse_filter",
    "queryables",
    "queryables_schema",
]
