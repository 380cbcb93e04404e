"""Seconds of reads during edits and imports; 100,000 of them by ``tests.faults.mixed_reads``."""

import pytest

from tests.faults.mixed_reads import Tally, run


@pytest.mark.slow
def test_no_answer_shows_two_revisions_during_edits_and_imports() -> None:
    tally = run(300, 5, workers=2, address="")
    assert tally.edits > 0
    assert tally.imports > 0
    assert {collection for collection, _, _ in tally.seen} == {"mine", "parcels"}
    assert (tally.mixed, tally.wrong, dict(tally.faults)) == (0, 0, {})


def test_a_value_of_another_revision_is_counted() -> None:
    tally = Tally(written={"mine": [(5, 0), (9, 1)], "parcels": [(3, 7)]})
    tally.seen = {("mine", 8, 0), ("mine", 9, 1), ("mine", 12, 1), ("parcels", 20, 7)}
    assert tally.wrong == 0
    tally.seen |= {("mine", 8, 1), ("parcels", 20, 6)}
    assert tally.wrong == 2
