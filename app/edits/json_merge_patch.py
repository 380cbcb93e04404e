"""JSON Merge Patch, RFC 7396."""

from zones.model import JSON


def merged(target: JSON, patch: JSON) -> JSON:
    """Return the target after the patch: null takes a member away, objects are merged.

    Examples
    --------
    >>> merged({"a": 1, "b": {"c": 2, "d": 3}}, {"a": None, "b": {"c": 4}})
    {'b': {'c': 4, 'd': 3}}
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
