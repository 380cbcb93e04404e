"""What people, programs and standards call an encoding -> Python's name for it."""

from typing import Final

UTF_8: Final = "UTF-8"
GB18030: Final = "GB18030"
BIG5: Final = "cp950"
SHIFT_JIS: Final = "cp932"
EUC_JP: Final = "euc_jp"
KOREAN: Final = "cp949"
CYRILLIC: Final = "cp1251"
WESTERN: Final = "cp1252"
JAPANESE: Final = frozenset({SHIFT_JIS, EUC_JP})

# Names as people, .cpg files, databases and OGC write them, in small letters without signs; a
# number is a code page of DOS or Windows. All are supersets of ASCII.
_NAMED: Final = {
    UTF_8: "utf8 utf8n utf8bom utf8sig utf8mb4 65001",
    GB18030: "gb18030 54936 gbk gb2312 gb231280 936 euccn 51936 20936",
    BIG5: "big5 950 big5eten",
    "big5hkscs": "big5hkscs hkscs 951",
    SHIFT_JIS: "shiftjis sjis windows31j 932",
    EUC_JP: "eucjp 51932 20932",
    KOREAN: "euckr 949 uhc ksc5601 ksc56011987 ksx1001 51949 20949",
    "johab": "johab 1361",
    "cp874": "874 tis620 iso885911 885911 28601",
    "koi8-r": "koi8r koi8 20866",
    "koi8-u": "koi8u 21866",
    "mac-roman": "macroman macintosh mac 10000",
    "mac-greek": "macgreek 10006",
    "mac-cyrillic": "maccyrillic 10007",
    "mac-latin2": "maclatin2 maccentraleurope 10029",
    "latin-1": "latin1 l1 iso88591 88591 28591 819",
}
# The parts of ISO 8859 that have a number among the "Latin" ones, and those that have none.
_LATIN: Final = {2: 2, 3: 3, 4: 4, 5: 9, 6: 10, 7: 13, 8: 14, 9: 15, 10: 16}
_PARTS: Final = (*range(2, 11), *range(13, 17))
_DOS: Final = (437, 720, 737, 775, 850, 852, 855, 857, 858, *range(860, 864), 865, 866, 869)
_PREFIXES: Final = (
    "cp",
    "windows",
    "win",
    "ansi",
    "oem",
    "ms",
    "ibm",
    "dos",
    "codepage",
    "x",
    "cs",
)

_CODECS: Final = {
    **{name: codec for codec, names in _NAMED.items() for name in names.split()},
    **{f"latin{number}": f"iso8859-{part}" for number, part in _LATIN.items()},
    **{
        name: f"iso8859-{part}"
        for part in _PARTS
        for name in (f"iso8859{part}", f"8859{part}", f"{28590 + part}")
    },
    **{str(page): f"cp{page}" for page in (*_DOS, *range(1250, 1259))},
}


def known_codec(label: str | None) -> str | None:
    """Return Python's codec for an encoding's name or code page, None for an unknown one.

    Examples
    --------
    >>> known_codec("ANSI 936"), known_codec("cp936"), known_codec("utf-8"), known_codec("OEM")
    ('GB18030', 'GB18030', 'UTF-8', None)
    >>> known_codec("EUC-KR"), known_codec("ISO-8859-2"), known_codec("KOI8-R")
    ('cp949', 'iso8859-2', 'koi8-r')
    """
    name = "".join(mark for mark in (label or "").lower() if mark.isascii() and mark.isalnum())
    spellings = (name, *(name.removeprefix(prefix) for prefix in _PREFIXES))
    return next((_CODECS[each] for each in spellings if each in _CODECS), None)
