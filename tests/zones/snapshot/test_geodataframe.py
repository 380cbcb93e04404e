"""Collections as GeoDataFrames and back; geopandas itself and PROJ say where things are."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from tests.toy import ZONE_A, ZONE_B, collection, feature
from zones.crs.transform import CRS, from_storage_xy
from zones.errors import UnknownCRSError
from zones.model import CollectionInfo
from zones.snapshot.collection import Collection

CORNERS = np.array([123.30, 123.48, 123.48, 123.30]), np.array([41.64, 41.64, 41.83, 41.83])
INFO = CollectionInfo("trees", "树", "Trees")


def frame_in(crs: CRS, *, named: bool = False, **columns: Any) -> gpd.GeoDataFrame:
    points = shapely.points(*from_storage_xy(*CORNERS, crs))
    told = crs.key if named else None
    data = {"name": list("甲乙丙丁"), "shape": points, **columns}
    return gpd.GeoDataFrame(data, geometry="shape", crs=told)


def places(found: Collection) -> np.ndarray:
    return shapely.get_coordinates([each.geometry for each in found])


@pytest.mark.parametrize("crs", CRS, ids=str)
def test_a_frame_in_any_system_comes_to_storage(crs: CRS) -> None:
    found = Collection.from_geodataframe(frame_in(crs), INFO, crs=crs)
    np.testing.assert_allclose(places(found), np.stack(CORNERS, axis=1), rtol=0, atol=1e-10)


def test_a_frames_own_system_is_taken_where_none_is_named() -> None:
    found = Collection.from_geodataframe(frame_in(CRS.EPSG_4550, named=True), INFO)
    np.testing.assert_allclose(places(found), np.stack(CORNERS, axis=1), rtol=0, atol=1e-10)


def test_a_system_that_is_named_overrules_the_frames_own() -> None:
    frame = frame_in(CRS.EPSG_4550).set_crs("EPSG:4326")
    found = Collection.from_geodataframe(frame, INFO, crs=CRS.EPSG_4550)
    np.testing.assert_allclose(places(found), np.stack(CORNERS, axis=1), rtol=0, atol=1e-10)


def test_a_frame_without_any_system_is_refused() -> None:
    with pytest.raises(UnknownCRSError) as caught:
        Collection.from_geodataframe(frame_in(CRS.CRS84), INFO)
    assert caught.value.code == "frame-crs-missing"


def test_a_system_that_we_do_not_list_goes_by_projs_pipeline() -> None:
    x, y = pyproj.Transformer.from_crs(4610, 2386, always_xy=True).transform(123.40, 41.79)
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(x, y)], crs=2386)
    found = Collection.from_geodataframe(frame, INFO)
    assert places(found)[0] == pytest.approx([123.40, 41.79], abs=1e-9)


def test_a_shift_is_undone_after_the_projection() -> None:
    lon, lat = from_storage_xy(*CORNERS, CRS.GCJ02)
    points = shapely.points(*from_storage_xy(lon, lat, CRS.EPSG_3857))
    frame = gpd.GeoDataFrame(geometry=points, crs=3857)
    found = Collection.from_geodataframe(frame, INFO, crs=CRS.GCJ02)
    np.testing.assert_allclose(places(found), np.stack(CORNERS, axis=1), rtol=0, atol=1e-9)


def test_index_and_attributes_come_along_and_the_frame_is_left_alone() -> None:
    frame = frame_in(CRS.EPSG_4550, height=[1, 2, None, 4], at=pd.Timestamp("2024-05-01"))
    frame["height"] = frame["height"].astype("Int64")
    frame = frame.set_index([[7, 5, 6, 1]])
    frame.loc[7, "shape"] = None
    before = frame.copy()
    found = Collection.from_geodataframe(frame, INFO, crs=CRS.EPSG_4550)
    assert found.fids == ("7", "5", "6", "1")
    assert found.feature("7").geometry is None
    assert [each["height"] for each in found.properties] == [1, 2, None, 4]
    assert found.properties[0] == {"name": "甲", "height": 1, "at": "2024-05-01 00:00:00"}
    assert_geodataframe_equal(frame, before)


def test_rows_of_one_index_are_refused() -> None:
    frame = frame_in(CRS.CRS84).set_index([[1, 1, 2, 3]])
    with pytest.raises(ValueError, match="once"):
        Collection.from_geodataframe(frame, INFO, crs=CRS.CRS84)


def test_a_collection_as_a_frame_is_where_geopandas_expects_it() -> None:
    zones = collection(
        "zones", [feature("a", ZONE_A, order=1), feature("b", ZONE_B), feature("c", None)]
    )
    frame = zones.to_geodataframe(CRS.EPSG_4550)
    assert frame.index.tolist() == ["a", "b", "c"]
    assert frame.index.name == "fid"
    assert frame["order"].iloc[0] == 1
    assert pd.isna(frame["order"].iloc[1])
    assert frame.geometry.iloc[2] is None
    expected = zones.to_geodataframe().to_crs(4550)
    assert frame.crs == expected.crs
    assert frame.geometry.geom_equals_exact(expected.geometry, 1e-6)[:2].all()


def test_shifted_degrees_are_not_passed_off_as_wgs_84() -> None:
    zones = collection("zones", [feature("a", ZONE_A)])
    assert zones.to_geodataframe(CRS.GCJ02).crs is None
    assert zones.to_geodataframe(CRS.GCJ02).geometry.iloc[0].distance(ZONE_A) == 0
    assert not zones.to_geodataframe(CRS.GCJ02).geometry.iloc[0].equals(ZONE_A)


def test_there_and_back_is_the_same() -> None:
    zones = collection("zones", [feature("a", ZONE_A, order=1), feature("b", ZONE_B, order=2)])
    assert list(Collection.from_geodataframe(zones.to_geodataframe(), zones.info)) == list(zones)


def test_an_empty_collection_is_an_empty_frame() -> None:
    frame = collection("none", []).to_geodataframe()
    assert len(frame) == 0
    assert frame.crs.to_epsg() == 4490
