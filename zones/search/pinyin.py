"""How Chinese names sound: their syllables, in every reading that names of places use."""

import re
from itertools import islice, product
from typing import Any

# Characters that are read in more than one way in the names of places, streets and firms, and
# that a dictionary of phrases often gets wrong there: 长白 is Changbai, not Zhangbai.
_READINGS = {
    "长": ("chang", "zhang"),
    "朝": ("chao", "zhao"),
    "重": ("zhong", "chong"),
    "行": ("hang", "xing"),
    "乐": ("le", "yue"),
    "会": ("hui", "kuai"),
    "都": ("du", "dou"),
    "单": ("dan", "shan"),
    "参": ("can", "shen"),
    "传": ("chuan", "zhuan"),
    "调": ("diao", "tiao"),
    "藏": ("cang", "zang"),
    "盛": ("sheng", "cheng"),
    "厦": ("sha", "xia"),
    "弹": ("dan", "tan"),
    "宿": ("su", "xiu"),
    "番": ("fan", "pan"),
    "堡": ("bao", "pu", "bu"),
    "泊": ("bo", "po"),
    "绿": ("lv", "lu"),
    "种": ("zhong", "chong"),
    "曾": ("zeng", "ceng"),
    "解": ("jie", "xie"),
    "率": ("lv", "shuai"),
    "卜": ("bo", "bu"),
    "巷": ("xiang", "hang"),
    "校": ("xiao", "jiao"),
}

MOST_READINGS = 8

_RUNS = re.compile("[\u3400-\u9fff]+|[^\u3400-\u9fff]+")
_CHINESE = re.compile("[\u3400-\u9fff]")

Syllables = tuple[str, ...]


def readings(name: str) -> list[Syllables]:
    """Return the ways to read a name: lower-case syllables without tones, ü written v.

    Letters and digits between Chinese characters are one syllable. At most ``MOST_READINGS``
    ways are returned, none for a name without a Chinese character.

    Examples
    --------
    >>> readings("长白岛")
    [('chang', 'bai', 'dao'), ('zhang', 'bai', 'dao')]
    """
    if not _CHINESE.search(name):
        return []
    choices = [choice for run in _RUNS.findall(name) for choice in _choices(run)]
    return list(islice(product(*choices), MOST_READINGS))


def _choices(run: str) -> list[Syllables]:
    """Return for each syllable of a run the ways to read it."""
    if not _CHINESE.match(run):
        word = "".join(filter(str.isalnum, run)).lower()
        return [(word,)] if word else []
    # Imported here: its dictionaries take 0.15 s and 40 MB, and a worker starts without them.
    from pypinyin import lazy_pinyin

    # A character without a known reading stands for itself, so that each has one syllable
    # (pypinyin's types do not know that the function may return a list).
    each_alone: Any = list
    syllables = lazy_pinyin(run, errors=each_alone)
    return [_READINGS.get(char, (one,)) for char, one in zip(run, syllables, strict=True)]
