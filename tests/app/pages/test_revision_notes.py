"""Notes of our own are shown in the page's language, people's as they are."""

from app.edits.store_edit_set import _why as edited
from app.pages.revision_notes import OWN_NOTES, note_in
from zones.model import Change


def test_a_note_of_our_own_is_shown_in_the_language_of_the_page() -> None:
    why = edited([Change("zones", remove=("a",))])
    assert note_in(why, "zh") == "在图上编辑"
    assert note_in(why, "en") == "edited on the map (zones: 1)"


def test_a_note_of_somebody_is_shown_whole() -> None:
    for why in ("改线 / A12 段", "", "按三季度测量成果更新", f"{OWN_NOTES[0]}（更正）"):
        assert note_in(why, "zh") == why
