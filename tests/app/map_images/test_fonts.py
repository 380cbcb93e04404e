"""The Chinese font of pictures on a system that has none."""

import pytest

from app.settings import Settings
from zones.drawing import raster_fonts


def test_a_font_in_one_more_folder_is_found_where_the_system_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = Settings().fonts_dir
    monkeypatch.setattr(raster_fonts, "FOLDERS", ())
    monkeypatch.setattr(raster_fonts, "_further", [])
    raster_fonts.look_for_fonts_in(folder)
    face = raster_fonts.chinese_face(bold=True)
    monkeypatch.undo()
    raster_fonts.chinese_face.cache_clear()
    raster_fonts._faces.cache_clear()
    assert face is not None
    assert (face.path.parent, face.family) == (folder, "Noto Sans S Chinese")
