"""Frames from files come to storage once, by the system that was declared for them."""

from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from zones.crs.transform import (
    CRS,
    SourceFrame,
    StorageFrame,
    from_storage_xy,
    source_crs_from_epsg,
    to_storage,
)
from zones.errors import UnknownCRSError

CORNERS = np.array([123.30, 123.48, 123.48, 123.30]), np.array([41.64, 41.64, 41.83, 41.83])


def frame_in(crs: CRS, **columns: Any) -> gpd.GeoDataFrame:
    points = shapely.points(*from_storage_xy(*CORNERS, crs))
    return gpd.GeoDataFrame(
        {"name": list("甲乙丙丁"), "shape": points, **columns}, geometry="shape"
    )


@pytest.mark.parametrize("crs", CRS, ids=str)
def test_a_frame_in_any_system_comes_to_storage(crs: CRS) -> None:
    stored = to_storage(SourceFrame(frame_in(crs), crs)).frame
    assert stored.crs.to_epsg() == 4490
    found = shapely.get_coordinates(stored.geometry.to_numpy())
    np.testing.assert_allclose(found, np.stack(CORNERS, axis=1), rtol=0, atol=1e-10)


def test_a_frames_own_crs_is_not_believed() -> None:
    frame = frame_in(CRS.EPSG_4550).set_crs("EPSG:4326")
    stored = to_storage(SourceFrame(frame, CRS.EPSG_4550)).frame
    assert stored.total_bounds == pytest.approx([123.30, 41.64, 123.48, 41.83])


def test_a_frame_keeps_index_attributes_and_geometry_column_and_is_left_alone() -> None:
    frame = frame_in(CRS.EPSG_4550, height=[1, 2, 3, 4]).set_index([[7, 5, 5, 1]])
    frame.loc[7, "shape"] = None
    before = frame.copy()
    stored = to_storage(SourceFrame(frame, CRS.EPSG_4550)).frame
    assert list(stored.columns) == ["name", "shape", "height"]
    assert stored.geometry.name == "shape"
    assert stored.index.tolist() == [7, 5, 5, 1]
    assert stored.geometry.iloc[0] is None
    assert_geodataframe_equal(frame, before)


def test_a_frame_in_a_files_own_system_goes_by_that_systems_pipeline() -> None:
    xian80 = source_crs_from_epsg(2386)
    x, y = pyproj.Transformer.from_crs(4610, 2386, always_xy=True).transform(123.40, 41.79)
    frame = gpd.GeoDataFrame({"geometry": [shapely.Point(x, y)]}, geometry="geometry")
    stored = to_storage(SourceFrame(frame, xian80)).frame
    assert stored.geometry[0].equals_exact(shapely.Point(123.40, 41.79), 1e-9)


def test_a_declared_shift_is_undone_after_the_projection() -> None:
    lon, lat = from_storage_xy(*CORNERS, CRS.GCJ02)
    points = shapely.points(*from_storage_xy(lon, lat, CRS.EPSG_3857))
    frame = gpd.GeoDataFrame({"geometry": points}, geometry="geometry")
    stored = to_storage(SourceFrame(frame, CRS.EPSG_3857, CRS.GCJ02)).frame
    found = shapely.get_coordinates(stored.geometry.to_numpy())
    np.testing.assert_allclose(found, np.stack(CORNERS, axis=1), rtol=0, atol=1e-10)


def test_a_shift_that_is_named_twice_is_undone_once() -> None:
    once = to_storage(SourceFrame(frame_in(CRS.GCJ02), CRS.GCJ02)).frame
    twice_named = to_storage(SourceFrame(frame_in(CRS.GCJ02), CRS.GCJ02, CRS.GCJ02)).frame
    assert_geodataframe_equal(once, twice_named)


@pytest.mark.parametrize(
    ("crs", "shift"), [(CRS.GCJ02, CRS.BD09), (CRS.BD09, CRS.GCJ02), (CRS.CRS84, CRS.EPSG_4490)]
)
def test_a_shift_that_contradicts_the_system_is_refused(crs: CRS, shift: CRS) -> None:
    with pytest.raises(UnknownCRSError) as caught:
        SourceFrame(frame_in(CRS.CRS84), crs, shift)
    assert caught.value.code == "datum-conflict"
    assert crs.key in str(caught.value)


def test_a_stored_frame_cannot_be_brought_to_storage_again() -> None:
    stored = to_storage(SourceFrame(frame_in(CRS.GCJ02), CRS.GCJ02))
    assert isinstance(stored, StorageFrame)
    with pytest.raises(AttributeError):
        to_storage(stored)  # type: ignore[arg-type]
