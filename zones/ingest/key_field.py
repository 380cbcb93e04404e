"""Which field of a file tells its features apart: those that can, and the one that likely does.

A field can if every feature has a value in it, no value comes twice, and each can be an id. By
its name and the form of its values one may be likely, in this order of preference:

1. ``BSM``, 标识码; 2. 地块编号, ``DKBH``, 宗地代码, ``ZDDM`` and the like; 3. 编号, 编码, ``BH``,
``BM``, ``code``; 4. what ends so; 5. ``id``, ``uuid``, and what ends in ``_id``.

Numbers that programs give rows anew with each file (``OBJECTID``, ``FID``), codes of classes
(``DLBM``) and what holds measures, names or whole sentences can be chosen and are never likely.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zones.model import JSON
from zones.quality.identifiers import as_ids
from zones.source.file_findings import FieldFinding

_RANKS: Final = tuple(
    map(
        re.compile,
        (
            r"bsm|标识码|標識碼",
            r"(?:地块|地塊|宗地|图斑|圖斑|单元|單元|管理单元|街区|项目|項目)(?:编号|編號|编码|編碼|代码|代碼|号|號)"
            r"|(?:dk|zd|tb|dy|gldy|jq|xm)(?:bh|bm|dm)",
            r"编号|編號|编码|編碼|代码|代碼|bh|bm|dm|code|no|number",
            r".+(?:编号|編號|编码|編碼|代码|代碼|bh|bm|dm|code|no)",
            r"id|uuid|guid|.+(?:id|uuid|guid)",
        ),
    )
)
_ROW_NUMBERS: Final = re.compile(r"objectid\d*|fid\d*|oid\d*|gid|ogcfid|pkuid|rowid|shapeid|featid")
_OF_CLASSES: Final = re.compile(
    r".*(?:类|類|性质|性質|用途|行政区|行政區|邮政).*(?:编号|编码|编碼|代码|代碼|号)"
    r"|.*(?:dl|yd|ydxz|ydyt|ydyhfl|yslx|ys|lx|xzq|qsxz|zldw|qsdw)(?:bm|dm)"
    r"|.*(?:postal|zip|class|type|category|area|country|region|city)code"
)
_LONGEST: Final = 64
_SAMPLES: Final = 3
_TRIED_FIRST: Final = 1000
_MEASURE: Final = re.compile(r"[-+]?\d+\.\d+(?:e[-+]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KeyField:
    """A field that tells features apart.

    ``rank`` is its place among likely ones, 0 the likeliest; None if its name does not speak for
    it. ``samples`` are its first values.
    """

    field: FieldFinding
    rank: int | None
    samples: tuple[str, ...]


def key_fields(
    rows: Sequence[Mapping[str, JSON]], fields: Sequence[FieldFinding]
) -> tuple[KeyField, ...]:
    """Return the fields that tell all features apart, the likeliest first.

    Parameters
    ----------
    rows
        Properties by ``FieldFinding.name``, as the file has them.
    """
    found = [
        KeyField(field, _rank(field, ids), ids[:_SAMPLES])
        for field in fields
        if (ids := ids_in(rows, field.name)) is not None
    ]
    return tuple(sorted(found, key=lambda each: (each.rank is None, each.rank or 0)))


def ids_in(rows: Sequence[Mapping[str, JSON]], name: str) -> tuple[str, ...] | None:
    """Return the ids that a property holds; None if one is missing, unfit or there twice."""
    for some in (rows[:_TRIED_FIRST], rows):  # most columns repeat a value soon
        ids = [fid for fid in as_ids([row.get(name) for row in some]) if fid is not None]
        if len(set(ids)) < max(1, len(some)):
            return None
    return tuple(ids)


def _rank(field: FieldFinding, ids: Sequence[str]) -> int | None:
    """Return how likely the field is meant for it, by its best name; None if it is not."""
    if not _look_like_codes(ids):
        return None
    words = [_folded(word) for word in (field.label, field.name, field.title) if word]
    if any(_ROW_NUMBERS.fullmatch(word) or _OF_CLASSES.fullmatch(word) for word in words):
        return None
    ranks = [rank for word in words for rank, named in enumerate(_RANKS) if named.fullmatch(word)]
    return min(ranks, default=None)


def _look_like_codes(ids: Sequence[str]) -> bool:
    joined = "".join(ids)
    return (
        max(map(len, ids)) <= _LONGEST
        and joined.split() == [joined]  # no blank in any
        and not ("." in joined and any(map(_MEASURE.fullmatch, ids)))
    )


def _folded(word: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", word).casefold()))
