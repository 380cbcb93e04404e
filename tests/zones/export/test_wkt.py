import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from zones.export import wkt as written

COORDINATE = st.floats(-1e9, 1e9, allow_nan=False) | st.floats(-1, 1)


def line(least: int, most: int) -> st.SearchStrategy[np.ndarray]:
    vertex = st.tuples(COORDINATE, COORDINATE, COORDINATE)
    return st.lists(vertex, min_size=least, max_size=most).map(np.array)


@given(
    st.lists(line(4, 23), min_size=1, max_size=4), st.booleans(), st.sampled_from([1, 2, 3, 7, 20])
)
def test_a_shape_written_in_pieces_is_what_shapely_writes(
    lines: list[np.ndarray], has_z: bool, at_once: int
) -> None:
    flat = [each if has_z else each[:, :2] for each in lines]
    polygon = shapely.Polygon(flat[0], flat[1:])
    shapes: list[shapely.Geometry] = [
        polygon,
        shapely.LineString(flat[0]),
        shapely.MultiLineString(flat),
        shapely.MultiPoint(flat[0]),
        shapely.MultiPolygon([polygon, polygon]),
    ]
    shapes.append(shapely.GeometryCollection([*shapes, shapely.Point(flat[0][0])]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(written, "AT_ONCE", at_once)
        texts = written.wkt_texts(np.array([*shapes, None, shapely.Polygon()]))
    whole = [shapely.to_wkt(shape, rounding_precision=-1) for shape in shapes]
    assert texts == [*whole, None, "POLYGON EMPTY"]
