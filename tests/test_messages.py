"""Every word for people exists in both languages, and every code that is used has words."""

import re

import pytest

from tests.paths import ROOT
from zones import errors
from zones.messages import catalogue, say

SOURCES = [
    path
    for package in ("zones", "app")
    for path in (ROOT / package).rglob("*.py")
    if "node_modules" not in path.parts
]
CODE = re.compile(r'(?:(?<!Assertion)Error|Problem|say)\(\s*"([a-z0-9]+(?:-[a-z0-9]+)*)"')
HAN = r"[\u4e00-\u9fff]"


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_every_message_is_said_in_both_languages(code: str) -> None:
    words = catalogue()[code]
    assert words["zh"]
    assert words["en"]
    assert ("zh_hint" in words) == ("en_hint" in words)
    fields = [set(re.findall(r"(?<!{){(\w+)", words[lang])) for lang in ("zh", "en")]
    assert fields[0] == fields[1]


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_chinese_is_set_with_chinese_punctuation(code: str) -> None:
    for key in ("zh", "zh_hint"):
        assert not re.search(rf"{HAN}[,;:?!]|[,;?!]{HAN}", catalogue()[code].get(key, ""))


def test_every_code_that_the_program_raises_has_words() -> None:
    used = {code for path in SOURCES for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert used - catalogue().keys() == set()


def test_every_fault_with_a_default_code_has_words() -> None:
    codes = {
        thing.default_code
        for thing in vars(errors).values()
        if isinstance(thing, type) and issubclass(thing, errors.ZonesError)
    }
    assert codes - catalogue().keys() == set()


def test_a_message_shows_values_as_they_are() -> None:
    assert say("invalid", "en", reason="{x} <b>").message == "Invalid input: {x} <b>"
