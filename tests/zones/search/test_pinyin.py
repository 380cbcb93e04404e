"""How Chinese names sound."""

import pytest

from zones.search.pinyin import MOST_READINGS, readings


@pytest.mark.parametrize(
    ("name", "syllables"),
    [
        ("长白岛", "chang bai dao"),
        ("沈阳站", "shen yang zhan"),
        ("朝鲜族", "chao xian zu"),
        ("K11购物艺术中心", "k11 gou wu yi shu zhong xin"),
        ("“和平杯” 足球", "he ping bei zu qiu"),
        ("盛京医院", "sheng jing yi yuan"),
    ],
)
def test_name_has_the_reading_that_people_use(name: str, syllables: str) -> None:
    assert tuple(syllables.split()) in readings(name)


def test_other_readings_are_known_too() -> None:
    assert {reading[0] for reading in readings("长白")} == {"chang", "zhang"}


def test_name_without_a_chinese_character_has_no_reading() -> None:
    assert readings("Hun River 12") == []
    assert readings("") == []


def test_readings_are_bounded_however_many_characters_have_several() -> None:
    assert len(readings("长" * 60)) == MOST_READINGS


def test_unknown_character_stands_for_itself() -> None:
    assert readings("和\u9ffd平")[0][::2] == ("he", "ping")
