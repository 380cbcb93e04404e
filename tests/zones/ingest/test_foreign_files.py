"""Files as institutes send them: each is read right, or answered in words that help."""

import time
from pathlib import Path

import pytest

from tests.foreign.case import ForeignFile, found_by_child, found_in
from tests.foreign.encodings import TEXTS, cell
from tests.foreign.endless import ENDLESS, LIMITS
from tests.foreign.table import TAKING_LONG, expected, expected_mixtures, files, mixtures
from zones.sandbox.limits import Limits

EXPECTED, MIXTURES = expected(), expected_mixtures()


def test_the_readme_lists_every_file_and_no_other() -> None:
    taking_long = [(TAKING_LONG, file.description) for file in ENDLESS]
    assert list(EXPECTED) == [*files(), *taking_long]
    assert list(MIXTURES) == list(mixtures())
    assert len(EXPECTED) + len(MIXTURES) > 300


@pytest.mark.slow
@pytest.mark.parametrize(("group", "told"), list(files()))
def test_a_foreign_file_is_found_to_be_what_the_readme_says(group: str, told: str) -> None:
    found = found_in(files()[group, told])
    assert str(found) == EXPECTED[group, told]
    for said, needs_hint in found.sayings():
        assert said.message
        assert said.hint or not needs_hint, said.message


@pytest.mark.slow
@pytest.mark.parametrize(("text", "ldid", "cpg"), list(mixtures()))
def test_texts_are_right_whatever_the_labels_say(text: str, ldid: int, cpg: str | None) -> None:
    assert cell(TEXTS[text], ldid, cpg) == MIXTURES[text, ldid, cpg]


ONE_OF_EACH = {
    Path(file.name).suffix: file
    for key, file in files().items()
    if EXPECTED[key].startswith("reads ") and not EXPECTED[key].startswith("reads 0")
}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", list(ONE_OF_EACH))
def test_the_confined_process_reads_what_this_one_reads(suffix: str) -> None:
    file = ONE_OF_EACH[suffix]
    assert str(found_by_child(file, Limits())) == str(found_in(file))


@pytest.mark.slow
@pytest.mark.parametrize("file", ENDLESS, ids=lambda file: file.description)
def test_a_file_made_to_take_for_ever_ends_in_a_report_within_the_limit(file: ForeignFile) -> None:
    began = time.monotonic()
    found = found_by_child(file, LIMITS)
    assert time.monotonic() - began < LIMITS.wall_s + 30  # which making the file takes part of
    assert str(found) == EXPECTED[TAKING_LONG, file.description]
    for said, needs_hint in found.sayings():
        assert said.hint or not needs_hint, said.message
