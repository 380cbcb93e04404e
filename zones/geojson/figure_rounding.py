"""Figures as they are shown: rounded by the unit that their name ends in, and nowhere before."""

from typing import Any

_DECIMALS = {"_m": 1, "_m2": 1, "_percent": 2, "share": 6, "lon": 7, "lat": 7, "measure": 1}


def shown(value: Any, name: str = "") -> Any:
    """Return JSON values with their figures rounded; lists and objects are gone through.

    Metres and square metres (``..._m``, ``..._m2``, ``measure``) get one decimal, percent two,
    shares six, degrees seven. Numbers of other names stay as they are.

    Examples
    --------
    >>> shown({"area_m2": 2209880.245, "share": 1 / 3, "order": 1})
    {'area_m2': 2209880.2, 'share': 0.333333, 'order': 1}
    """
    if isinstance(value, dict):
        return {key: shown(each, key) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [shown(each, name) for each in value]
    if isinstance(value, float):
        decimals = next((d for end, d in _DECIMALS.items() if name.endswith(end)), None)
        return value if decimals is None else round(value, decimals)
    return value
