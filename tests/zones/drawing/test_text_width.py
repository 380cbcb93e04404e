"""How names are broken into lines, and the room that they take."""

import pytest

from zones.drawing.model import LabelStyle
from zones.drawing.text_width import balanced, label_size


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("北市场民族民俗产业集聚区", ["北市场民族民俗", "产业集聚区"]),
        ("长白岛高端商务商业集聚区", ["长白岛高端商务", "商业集聚区"]),
        ("青年公园", ["青年公园"]),
        (
            "Nanshichang Historic-Culture Industry Cluster",
            ["Nanshichang", "Historic-Culture", "Industry Cluster"],
        ),
    ],
)
def test_name_is_broken_between_its_words(name: str, lines: list[str]) -> None:
    assert balanced(name, 9.2).split("\n") == lines or balanced(name, 11).split("\n") == lines


def test_number_is_never_torn() -> None:
    assert all("134" in balanced("沈阳市第134中学和平校区", width) for width in range(2, 12))


def test_chinese_letters_are_as_wide_as_high() -> None:
    assert label_size("和平区", LabelStyle(size=10)) == (30.0, 12.5)


def test_frame_needs_room_of_its_own() -> None:
    plain = label_size("轴", LabelStyle(size=13))
    framed = label_size("轴", LabelStyle(size=13, frame="#000000"))
    assert framed[0] > plain[0]
    assert framed[1] > plain[1]
