"""Notes of revisions on pages: what the service wrote in two languages is shown in the page's."""

from typing import Final

from zones.messages import Lang

OWN_NOTES: Final = (
    "初始规划数据",
    "在图上编辑",
    "新建要素",
    "替换要素",
    "修改要素",
    "删除要素",
    "新建集合",
    "删除集合",
    "修改集合说明：",
    "恢复到修订版",
    "以“",
)
"""How notes of our own begin; people's notes are shown whole."""


def note_in(why: str, lang: Lang) -> str:
    """Return a revision's note, of our own ones (``中文 / English``) the half in a language."""
    chinese, parted, english = why.rpartition(" / ")
    if not parted or not why.startswith(OWN_NOTES):
        return why
    return english if lang == "en" else chinese
