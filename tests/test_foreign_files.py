"""Files as institutes send them: each is read right, or answered in words that help."""

from pathlib import Path

import pytest

from tests.foreign.case import DISTRICT, ForeignFile, found_in
from tests.foreign.encodings import TEXTS, cell
from tests.foreign.table import expected, expected_mixtures, files, mixtures
from tests.source_files import write
from zones.sources.limits import Limits
from zones.sources.reading import ReadRequest, read_source

EXPECTED, MIXTURES = expected(), expected_mixtures()


def test_the_readme_lists_every_file_and_no_other() -> None:
    assert list(EXPECTED) == list(files())
    assert list(MIXTURES) == list(mixtures())
    assert len(EXPECTED) + len(MIXTURES) > 300


@pytest.mark.parametrize(("group", "told"), list(files()))
def test_a_foreign_file_is_found_to_be_what_the_readme_says(group: str, told: str) -> None:
    found = found_in(files()[group, told])
    assert str(found) == EXPECTED[group, told]
    for said, needs_hint in found.sayings():
        assert said.message
        assert said.hint or not needs_hint, said.message


@pytest.mark.parametrize(("text", "ldid", "cpg"), list(mixtures()))
def test_texts_are_right_whatever_the_labels_say(text: str, ldid: int, cpg: str | None) -> None:
    assert cell(TEXTS[text], ldid, cpg) == MIXTURES[text, ldid, cpg]


ONE_OF_EACH = {
    Path(file.name).suffix: file
    for key, file in files().items()
    if EXPECTED[key].startswith("reads ") and not EXPECTED[key].startswith("reads 0")
}


@pytest.mark.parametrize("suffix", list(ONE_OF_EACH))
def test_the_confined_process_reads_what_this_one_reads(suffix: str, tmp_path: Path) -> None:
    assert in_the_child(tmp_path, ONE_OF_EACH[suffix]) > 0


def in_the_child(folder: Path, file: ForeignFile) -> int:
    """Return how many features the confined process reads."""
    request = ReadRequest(outline=DISTRICT.wkb_hex, **file.options)
    path = write(folder, file.make())
    reading = read_source(path, file_name=file.name, request=request, limits=Limits())
    return len(reading.features)
