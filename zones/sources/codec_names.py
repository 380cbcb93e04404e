"""What people, programs and standards call an encoding -> Python's name for it."""

from typing import Final

UTF_8: Final = "UTF-8"
GB18030: Final = "GB18030"
BIG5: Final = "cp950"

# Names as people, .cpg files and OGC write them -> Python's codec, all supersets of ASCII.
_CODECS: Final = {
    "utf8": UTF_8,
    "65001": UTF_8,
    "gb18030": GB18030,
    "54936": GB18030,
    "gbk": GB18030,
    "gb2312": GB18030,
    "936": GB18030,
    "big5": BIG5,
    "950": BIG5,
    "shiftjis": "cp932",
    "932": "cp932",
    "949": "cp949",
    "874": "cp874",
    "88591": "latin-1",
    "iso88591": "latin-1",
    "latin1": "latin-1",
    "437": "cp437",
    "850": "cp850",
    "1250": "cp1250",
    "1251": "cp1251",
    "1252": "cp1252",
    "1253": "cp1253",
    "1254": "cp1254",
}
_PREFIXES = ("cp", "windows", "ansi", "oem", "ms")


def known_codec(label: str | None) -> str | None:
    """Return Python's codec for an encoding's name or code page, None for an unknown one.

    Examples
    --------
    >>> known_codec("ANSI 936"), known_codec("cp936"), known_codec("utf-8"), known_codec("OEM")
    ('GB18030', 'GB18030', 'UTF-8', None)
    """
    name = "".join(mark for mark in (label or "").lower() if mark.isascii() and mark.isalnum())
    for prefix in _PREFIXES:
        if name.removeprefix(prefix).isdigit():
            name = name.removeprefix(prefix)
    return _CODECS.get(name)
