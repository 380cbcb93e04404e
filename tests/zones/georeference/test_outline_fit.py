"""The plan's own district, and files of it written in all three datums of degrees."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tests.fitted import fit_datum
from tests.imports import imported
from tests.source_files import polygon, shapefile, zipped
from zones.crs.reference_systems import CRS
from zones.crs.transform import from_storage_xy
from zones.georeference.crs_candidates import Ranking, rank_systems
from zones.plan.seed import read_features
from zones.store.sql.store import SqlStore

Floats = NDArray[np.float64]
DATUMS = (CRS.CRS84, CRS.GCJ02, CRS.BD09)
SURROUNDINGS_DEG = 0.1


def shapes_of(seed_dir: Path, collection: str) -> NDArray[np.object_]:
    return np.array([item.geometry for item in read_features(seed_dir, collection)], dtype=object)


@pytest.fixture(scope="module")
def district(seed_dir: Path) -> BaseGeometry:
    return shapely.union_all(shapes_of(seed_dir, "district"))


def written_in(lonlat: Floats, system: CRS) -> Floats:
    return np.column_stack(from_storage_xy(lonlat[:, 0].copy(), lonlat[:, 1].copy(), system))


def points_in(shape: BaseGeometry, count: int, *, seed: int) -> Floats:
    west, south, east, north = shape.bounds
    places = np.random.default_rng(seed).uniform((west, south), (east, north), (count * 10, 2))
    return places[shapely.covers(shape, shapely.points(places))][:count]


def block(center: tuple[float, float], *, side_deg: float) -> Floats:
    steps = np.linspace(-side_deg / 2, side_deg / 2, 20)
    return np.array(center) + np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)


def first(ranking: Ranking) -> str:
    return ranking.candidates[0].options["crs"]


def verdict(ranking: Ranking) -> str:
    return ranking.candidates[0].reasons[-1].code


@pytest.mark.parametrize("crs", DATUMS)
@pytest.mark.parametrize("collection", ["district", "subdistricts", "zones"])
def test_polygons_up_to_the_border_tell_their_datum(
    seed_dir: Path, district: BaseGeometry, collection: str, crs: CRS
) -> None:
    xy = written_in(shapely.get_coordinates(shapes_of(seed_dir, collection)), crs)
    ranking = rank_systems(xy, district)
    assert (first(ranking), ranking.undecided) == (crs.key, False)
    assert verdict(ranking) == "reason-fits-best"
    assert ranking.candidates[0].reasons[-1].params["inside"] == 100


@pytest.mark.parametrize("crs", DATUMS)
@pytest.mark.parametrize("seed", range(5))
def test_points_all_over_the_district_tell_their_datum(
    district: BaseGeometry, crs: CRS, seed: int
) -> None:
    ranking = rank_systems(written_in(points_in(district, 200, seed=seed), crs), district)
    assert (first(ranking), ranking.undecided) == (crs.key, False)


@pytest.mark.slow
@pytest.mark.parametrize("crs", DATUMS)
@pytest.mark.parametrize("count", [12, 20, 40, 80])
def test_fewer_points_are_left_open_or_told_rightly(
    district: BaseGeometry, crs: CRS, count: int
) -> None:
    for seed in range(20):
        ranking = rank_systems(written_in(points_in(district, count, seed=seed), crs), district)
        assert ranking.undecided or first(ranking) == crs.key


@pytest.mark.parametrize("crs", DATUMS)
def test_what_is_inside_whichever_datum_is_left_in_the_usual_order(
    district: BaseGeometry, crs: CRS
) -> None:
    center = shapely.maximum_inscribed_circle(district).coords[0]
    ranking = rank_systems(written_in(block(center, side_deg=0.008), crs), district)
    assert [one.options["crs"] for one in ranking.candidates] == ["CRS84", "gcj02", "bd09"]
    assert (ranking.undecided, verdict(ranking)) == (True, "reason-inside-either-way")


def test_a_handful_of_vertices_decides_nothing(district: BaseGeometry) -> None:
    ranking = rank_systems(written_in(points_in(district, 5, seed=1), CRS.GCJ02), district)
    assert (first(ranking), verdict(ranking)) == ("CRS84", "reason-too-few")


@pytest.mark.parametrize("crs", DATUMS)
@pytest.mark.parametrize("seed", range(5))
def test_points_all_over_the_city_decide_nothing(
    district: BaseGeometry, crs: CRS, seed: int
) -> None:
    west, south, east, north = district.bounds
    city = shapely.box(
        west - SURROUNDINGS_DEG,
        south - SURROUNDINGS_DEG,
        east + SURROUNDINGS_DEG,
        north + SURROUNDINGS_DEG,
    )
    ranking = rank_systems(written_in(points_in(city, 3000, seed=seed), crs), district)
    assert (first(ranking), verdict(ranking)) == ("CRS84", "reason-undecided")


@pytest.mark.parametrize("rows", [5, 10])
def test_what_fits_better_and_may_be_chance_stands_first_without_being_called_likeliest(
    district: BaseGeometry, rows: int
) -> None:
    """Plots in the district's north, some of them across its border, drawn on AMap."""
    corners = np.mgrid[0:12, 0:rows].reshape(2, -1).T * (0.003, 0.0025) + (123.385, 41.775)
    plots = (corners[:, None] + [(0, 0), (0, 0.002), (0.0024, 0.002), (0.0024, 0)]).reshape(-1, 2)
    ranking = rank_systems(written_in(plots, CRS.GCJ02), district)
    assert (first(ranking), ranking.undecided) == ("gcj02", True)
    assert verdict(ranking) == "reason-fits-better"
    told = ranking.candidates[0].reasons[-1].params
    assert "CRS84 " in str(told["others"])
    assert "BD-09 " in str(told["others"])


def test_thousands_of_vertices_in_one_place_prove_no_more_than_one(district: BaseGeometry) -> None:
    """A dense block that GCJ-02 would bring wholly inside is one observation, not 400."""
    east = district.bounds[2]
    row = shapely.LineString([(east, 41.6), (east, 41.9)])
    lat = float(shapely.get_coordinates(shapely.shortest_line(district, row))[0, 1])
    ranking = rank_systems(block((east + 0.001, lat), side_deg=0.003), district)
    assert ranking.undecided


def test_a_border_surveyed_to_fifty_metres_still_tells(district: BaseGeometry) -> None:
    border = shapely.get_coordinates(shapely.segmentize(district, 0.002))
    noise = np.random.default_rng(2).normal(0, 50, border.shape) / (83_000, 111_000)
    for crs in DATUMS:
        ranking = rank_systems(written_in(border + noise, crs), district)
        assert (first(ranking), ranking.undecided) == (crs.key, False)


@pytest.mark.parametrize("taken", ["gcj02", "bd09"])
def test_a_datum_declared_wrongly_is_doubted_by_the_same_evidence(
    seed_dir: Path, district: BaseGeometry, taken: str
) -> None:
    plain = shapely.get_coordinates(shapes_of(seed_dir, "subdistricts"))
    assert fit_datum(plain, district, taken="none").better is None
    written = written_in(plain, CRS.GCJ02 if taken == "gcj02" else CRS.BD09)
    assert fit_datum(written, district, taken="none").better == taken


@pytest.mark.parametrize("crs", DATUMS)
def test_a_shapefile_without_prj_is_answered_with_percentages(
    seeded_store: SqlStore, seed_dir: Path, tmp_path: Path, crs: CRS
) -> None:
    shapes = shapely.get_parts(shapes_of(seed_dir, "subdistricts"))
    rings = [written_in(shapely.get_coordinates(shape.exterior), crs) for shape in shapes]
    drawn = [polygon(ring.tolist()) for ring in rings]
    content = zipped(shapefile(drawn, [("街道",)] * len(rings), prj=None))
    report = imported(seeded_store, tmp_path, content, into="subdistricts", name="街道.zip")
    assert report.question is not None
    first, *others = report.question.candidates
    assert (first.options, report.question.undecided) == ({"crs": crs.key}, False)
    said = report.as_text("zh")
    assert "100 % 的顶点在区内" in said
    for other in others:
        written = {"gcj02": "GCJ-02", "bd09": "BD-09"}.get(other.options["crs"])
        assert f"{written or other.options['crs']} " in str(first.reasons[-1].params["others"])
