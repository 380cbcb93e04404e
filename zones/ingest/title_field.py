"""Which property names the features of a file: found by what it is called and what it holds.

A property is looked at under its own name, the name it has in the file and its title there, in
NFKC and without regard to case, blanks and punctuation. The order of preference:

1. ``name``; 2. 名称, 名字, 名; 3. 中文名称, 全称, ``NAME_CHN``, ``CNAME`` and the like; 4. ``MC``;
5. what ends in 名称 or ``MC`` (``DKMC``, ``XZQMC``, 地块名称, 项目名称); 6. 标题, ``title``;
7. what ends in ``name`` or 名, and ``NAME_1``; 8. what ends so but names an owner, a unit or a
person. What names a class, a use, a layer or a file is passed over.

The first wins that is text for at least half of the features, at least half of the texts being
distinct, of the ranks 1 to 4 a tenth, as streets bear one name in many pieces; within a rank, the
first in the file. If none is, the first of the ranks 1 to 4 that holds anything.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from zones.model import JSON, CollectionInfo, Feature
from zones.properties.feature_name import NAME, feature_name

_RANKS: Final = tuple(
    map(
        re.compile,
        (
            r"name",
            r"名称|名稱|名字|名",
            r"中文(?:名|名称|名稱)|全称|全稱|全名|name(?:chn|zh|cn|zhhans|chi)|(?:c|cn|zh|chn)name",
            r"mc",
            r".+(?:名称|名稱|mc)",
            r"标题|標題|title",
            r".+(?:name|名)|name\d{1,2}",
            r".*(?:名称|名稱|mc|name|名)",
        ),
    )
)
_SURE: Final = 4
_OF_CLASSES: Final = re.compile(
    r".*(?:类|類|性质|性質|用途|图层|圖層|文件).*(?:名称|名稱|名)"
    r"|(?:dl|sjdl|qsxz|yd|ydxz|ydyt|ydyhfl|tc)mc"
    r"|.*(?:layer|file|class|type|category|field|domain|host)name"
)
_OF_OTHERS: Final = re.compile(
    r".*(?:单位|單位|权|權|部门|部門|联系人|聯繫人|负责人|負責人|姓|用户|用戶).*(?:名称|名稱|名)"
    r"|(?:qsdw|zldw|qlr|dw|bm)mc|.*(?:user|owner|creator|editor|author)name"
)
_FILLED: Final = 0.5
_DISTINCT, _DISTINCT_IF_SURE = 0.5, 0.1


def find_title_field(
    rows: Sequence[Mapping[str, JSON]], words: Mapping[str, Sequence[str]]
) -> str | None:
    """Return the property that names features, by the rule above; None if none does.

    Parameters
    ----------
    rows
        The features' properties.
    words
        What else each property is called, in the order of the file.
    """
    ranked = sorted(
        ((rank, name) for name, others in words.items() for rank in _ranks((name, *others))),
        key=lambda found: found[0],
    )
    for rank, name in ranked:
        if _names_most(rows, name, distinct=_DISTINCT_IF_SURE if rank < _SURE else _DISTINCT):
            return name
    sure = (name for rank, name in ranked if rank < _SURE)
    return next((name for name in sure if any(_named(row.get(name)) for row in rows)), None)


def named_by_first(info: CollectionInfo, first: Feature) -> CollectionInfo:
    """Return how a collection is described once it has its first feature."""
    if info.title_field is not None:
        return info
    found = find_title_field([first.properties], dict.fromkeys(first.properties, ()))
    return info if found in (None, NAME) else replace(info, title_field=found)


def _ranks(words: Sequence[str]) -> Iterator[int]:
    """Yield the best rank that one of the words has, if any has one."""
    ranks = [rank for word in map(_folded, words) if (rank := _rank(word)) is not None]
    if ranks:
        yield min(ranks)


def _rank(word: str) -> int | None:
    if _OF_CLASSES.fullmatch(word):
        return None
    if _OF_OTHERS.fullmatch(word):
        return len(_RANKS) - 1
    return next((rank for rank, named in enumerate(_RANKS) if named.fullmatch(word)), None)


def _folded(word: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", word).casefold()))


def _names_most(rows: Sequence[Mapping[str, JSON]], name: str, *, distinct: float) -> bool:
    texts = [text for row in rows if isinstance(text := row.get(name), str) and _is_words(text)]
    different = len(set(texts))
    tells_apart = different >= distinct * len(texts) and different >= min(2, len(texts))
    return tells_apart and len(texts) >= max(1, _FILLED * len(rows))


def _is_words(text: str) -> bool:
    return any(map(str.isalpha, text))


def _named(value: JSON) -> bool:
    return feature_name({"name": value}) is not None
