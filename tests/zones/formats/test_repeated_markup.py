"""Elements that are written alike are matched as a whole, and no others."""

import re

import pytest

from zones.formats.repeated_markup import Template, is_plain_markup, pattern_of, read_repeated


class Recorder:
    """Keeps what is fed and what is taken by templates."""

    def __init__(self) -> None:
        self.fed: list[bytes] = []
        self.taken: list[tuple[bytes, ...]] = []

    def feed(self, piece: bytes, *, last: bool) -> None:
        del last
        self.fed.append(piece)

    def is_between(self) -> bool:
        return True

    def learn(self, element: bytes) -> Template[None] | None:
        pattern = pattern_of(element, texts=None)
        return None if pattern is None else Template(pattern, None)

    def take(self, found: re.Match[bytes], _: Template[None]) -> bool:
        self.taken.append(found.groups())
        return True


def read(text: str) -> Recorder:
    recorder = Recorder()
    for _ in read_repeated(text.encode(), 0, b"a", recorder):
        pass
    return recorder


def test_elements_alike_are_taken_and_lines_stay_right() -> None:
    text = "".join(f"\n<a><b>{n}\n</b></a>" for n in range(9)) + "\n<c/>\n"
    recorder = read(text)
    assert [groups[-1] for groups in recorder.taken] == [b"%d\n" % n for n in range(2, 9)]
    assert b"".join(recorder.fed).count(b"\n") == text.count("\n")


@pytest.mark.parametrize(
    "other",
    [
        "<a><b>&amp;</b></a>",
        "<a><b>1</b ></a>",
        "<a ><b>1</b></a>",
        "<a><b><c/></b></a>",
        "<a></a>",
    ],
)
def test_another_element_is_fed(other: str) -> None:
    recorder = read("<a><b>1</b></a>" * 3 + other + "<a><b>2</b></a>" * 2)
    assert other.encode() in recorder.fed
    assert [groups[-1] for groups in recorder.taken] == [b"1", b"2", b"2"]


@pytest.mark.parametrize(
    "element",
    [
        "<a><!-- <b> --></a>",
        "<a><?b c?></a>",
        "<a b='c'></a>",
        "<a>1 > 2</a>",
        "<a",
        "<a></a> ",
        "<b/><a></a>",
    ],
)
def test_what_is_not_plainly_written_makes_no_template(element: str) -> None:
    assert pattern_of(element.encode(), texts=None) is None


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        ("<?xml version='1.0'?><a/>", True),
        ("<?xml version='1.0'?><a>，￥</a>", True),
        ("<?xml version='1.0'?><a>\uffff</a>", False),
        ("<?xml version='1.0'?><a><!-- --></a>", False),
        ("<?xml version='1.0'?><a><?b?></a>", False),
    ],
)
def test_comments_and_instructions_are_seen(text: str, is_plain: bool) -> None:
    assert is_plain_markup(text.encode()) is is_plain


def test_files_without_likeness_are_fed_in_large_pieces() -> None:
    recorder = read("".join(f"<a><b{n}/></a>" for n in range(3000)))
    assert not recorder.taken
    assert len(recorder.fed) < 500
