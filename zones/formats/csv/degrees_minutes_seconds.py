"""Degrees, minutes and seconds as people write them -> degrees."""

import re
from typing import Final

_MARKS: Final = str.maketrans(
    {
        **dict.fromkeys("°º˚ᵒ度", "d"),
        **dict.fromkeys("′'’‘`´ʹ＇分", "m"),
        **dict.fromkeys('″"”“„ʺ＂秒', "s"),
    }
)
_SIDE: Final = r"(?:(东经|西经|北纬|南纬|[EWNS东西南北])\s*[:：]?\s*)?"
_SIDE_AFTER: Final = r"(?:\s*(东经|西经|北纬|南纬|[EWNS东西南北]))?"
_PART: Final = r"([0-9]{1,2}(?:\.[0-9]{0,15})?)"
_DECIMAL: Final = r"([0-9]{1,3}(?:\.[0-9]{0,20})?)"
_BODIES: Final = (
    rf"([0-9]{{1,3}})\s*d\s*{_PART}\s*m\s*(?:{_PART}\s*(?:s|mm)?)?",  # 123°24′18″, 123°24.3′
    rf"([0-9]{{1,3}})\s*d\s*{_PART}()",  # 123°24
    rf"([0-9]{{1,3}})\s*:\s*{_PART}\s*:\s*{_PART}",  # 123:24:18
    rf"([0-9]{{1,3}})\s*-\s*{_PART}\s*-\s*{_PART}",  # 123-24-18
    rf"([0-9]{{1,3}})\s+{_PART}\s+{_PART}",  # 123 24 18
    rf"{_DECIMAL}\s*d?()()",  # 123.405°, E123.405
)
_FORMS: Final = tuple(
    re.compile(rf"{_SIDE}([-+]?)\s*{body}{_SIDE_AFTER}", re.IGNORECASE) for body in _BODIES
)
_MARK_BEFORE_FRACTION: Final = re.compile(r"s(\.[0-9]{1,15})(?=\D*$)")  # 51″.4
_NEGATIVE: Final = frozenset("西南WS")
_SIXTY: Final = 60.0
_MMSS: Final = 4  # digits of minutes and seconds
_PACKED: Final = re.compile(
    r"[0-9]{2,3}(?:\.(?:[0-5](?:[0-9](?:[0-5][0-9]{0,10})?)?)?)?"
    r"|[0-9]{2,3}(?:[0-5][0-9]){2}(?:\.[0-9]{0,8})?"
)


def angle(text: str) -> float | None:
    """Return degrees of an angle in degrees, minutes, seconds or with its side; else None.

    The units may be marks, letters (d, m, s), 度分秒, colons, hyphens or blanks, the side before
    or behind: E, N, 东经, 北纬. West and south are negative.

    Examples
    --------
    >>> angle("123°24′18″"), angle("北纬41度47分06秒"), angle("123.405E"), angle("123:61:00")
    (123.405, 41.785, 123.405, None)
    """
    plain = _MARK_BEFORE_FRACTION.sub(r"\1s", text.strip().translate(_MARKS))
    for form in _FORMS:
        if found := form.fullmatch(plain):
            return _degrees(*found.groups(default=""))
    return None


def _degrees(
    side: str, sign: str, degrees: str, minutes: str, seconds: str, other_side: str
) -> float | None:
    # Whole minutes alone go before seconds; seconds are rounded up to 60 by some programs.
    if float(minutes or 0) >= _SIXTY or float(seconds or 0) > _SIXTY:
        return None
    if (side and other_side) or (sign and (side or other_side)) or ("." in minutes and seconds):
        return None
    value = (float(seconds or 0) / _SIXTY + float(minutes or 0)) / _SIXTY + float(degrees)
    is_negative = sign == "-" or (side or other_side)[:1].upper() in _NEGATIVE
    return round(-value if is_negative else value, 12)


def looks_packed(text: str) -> bool:
    """Return whether a number may be degrees, minutes, seconds: ``ddd.mmssss`` or ``dddmmss.s``.

    Zeros at the end may be missing, as spreadsheets leave them out.
    """
    return _PACKED.fullmatch(text.strip()) is not None


def has_seconds(text: str) -> bool:
    """Return whether such a number has digits for seconds too."""
    whole, _, rest = text.strip().partition(".")
    return len(rest) >= _MMSS or len(whole) > _MMSS


def unpacked(text: str) -> float:
    """Return degrees of ``ddd.mmssss`` or ``dddmmss.s``.

    Examples
    --------
    >>> unpacked("123.2418"), unpacked("123.241"), unpacked("1232418.0")
    (123.405, 123.402777777778, 123.405)
    """
    whole, _, rest = text.strip().partition(".")
    if len(whole) > _MMSS:
        whole, rest = whole[:-_MMSS], whole[-_MMSS:] + rest
    rest = rest.ljust(_MMSS, "0")
    minutes, seconds = float(rest[:2]), float(f"{rest[2:4]}.{rest[4:] or 0}")
    return round(float(whole) + minutes / _SIXTY + seconds / _SIXTY**2, 12)
