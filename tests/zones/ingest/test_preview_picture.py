"""The picture of many changes: each in its colour, where a map of Web Mercator has it."""

from io import BytesIO

import numpy as np
import pytest
import shapely
from PIL import Image

from zones.ingest.preview_picture import COLOURS, preview_picture

PARCEL = shapely.box(123.40, 41.78, 123.42, 41.79)
LINE = shapely.LineString([(123.43, 41.78), (123.43, 41.80)])
POINT = shapely.Point(123.45, 41.77)


def test_shapes_are_drawn_in_their_colours_where_they_are() -> None:
    many = shapely.MultiPolygon([PARCEL, shapely.box(123.44, 41.70, 123.45, 41.71)])
    drawn = preview_picture({"added": [many, None], "changed": [LINE], "removed": [POINT]})
    assert drawn is not None
    picture, place = drawn
    image = Image.open(BytesIO(picture))
    top, bottom = np.arcsinh(np.tan(np.radians([place.north, place.south])))

    def colour_at(lon: float, lat: float) -> tuple[int, ...]:
        x = (lon - place.west) / (place.east - place.west) * image.width
        y = (top - np.arcsinh(np.tan(np.radians(lat)))) / (top - bottom) * image.height
        found = image.getpixel((int(x), int(y)))
        assert isinstance(found, tuple)
        return found

    inside = [(123.41, 41.785), (123.445, 41.705)]
    assert {colour_at(*each)[:3] for each in inside} == {COLOURS["added"]}
    assert colour_at(123.45, 41.77) == (*COLOURS["removed"], 255)
    assert colour_at(123.4299, 41.74)[3] == 0
    near_line = [colour_at(123.43 + off / 5e4, 41.79)[:3] for off in (-1, 0, 1)]
    assert COLOURS["changed"] in near_line
    assert max(image.size) == pytest.approx(2048, abs=1)


def test_what_has_no_place_has_no_picture() -> None:
    assert preview_picture({"added": [None, shapely.Polygon()]}) is None
    assert preview_picture({}) is None
