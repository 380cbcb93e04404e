"""Every word for people exists in both languages, and every code that is used has words."""

import re
from collections.abc import Mapping

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
HALF_WIDTH = re.compile(rf"{HAN}[,;:?!]|[,;?!]{HAN}")


def test_every_message_is_said_in_both_languages() -> None:
    assert [code for code, words in catalogue().items() if not is_said_in_both(words)] == []


def is_said_in_both(words: Mapping[str, str]) -> bool:
    """Return whether both languages have message, hint or none, and the same values to fill in."""
    both = words["zh"] and words["en"] and ("zh_hint" in words) == ("en_hint" in words)
    fields = [set(re.findall(r"(?<!{){(\w+)", words[lang])) for lang in ("zh", "en")]
    return bool(both) and fields[0] == fields[1]


def test_chinese_is_set_with_chinese_punctuation() -> None:
    texts = [words.get(key, "") for words in catalogue().values() for key in ("zh", "zh_hint")]
    assert [text for text in texts if HALF_WIDTH.search(text)] == []


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
