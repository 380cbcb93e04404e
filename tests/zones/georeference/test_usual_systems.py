"""Metres without a word of their system: 3-degree and 6-degree zones, and UTM."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tests.imports import imported, with_collections
from tests.source_files import polygon, shapefile, square, zipped
from zones.georeference.crs_candidates import rank_systems
from zones.georeference.usual_systems import DEGREES, METRES
from zones.ingest.question_report import candidate_label
from zones.plan.seed import read_features
from zones.questions_to_people import Candidate
from zones.store.sql.store import SqlStore

Floats = NDArray[np.float64]
NO_PREFIX = ("EPSG:4550", "EPSG:32651")


@pytest.fixture(scope="module")
def district(seed_dir: Path) -> BaseGeometry:
    return shapely.union_all([item.geometry for item in read_features(seed_dir, "district")])


def moved_to(key: str) -> Callable[[Floats], Floats]:
    """Return PROJ's own way from CGCS2000, which nothing here has a part in."""
    way = pyproj.Transformer.from_crs("EPSG:4490", key, always_xy=True)
    return lambda lonlat: np.column_stack(way.transform(*lonlat.T))


@pytest.mark.parametrize("key", [system.key for system in METRES if system.key != "EPSG:4549"])
def test_files_of_the_district_lead_to_each_usual_system(
    seed_dir: Path, district: BaseGeometry, key: str
) -> None:
    shapes = [item.geometry for item in read_features(seed_dir, "subdistricts")]
    ranking = rank_systems(moved_to(key)(shapely.get_coordinates(shapes)), district)
    assert (ranking.candidates[0].options["crs"], ranking.undecided) == (key, False)
    located = ranking.candidates[0].located
    assert located == pytest.approx(shapely.total_bounds(shapes), abs=1e-5)


def test_codes_are_those_of_the_register() -> None:
    names = {key: pyproj.CRS(key).name for key in ("EPSG:4499", "EPSG:32651")}
    assert names["EPSG:4499"] == "CGCS2000 / Gauss-Kruger zone 21"
    assert names["EPSG:32651"] == "WGS 84 / UTM zone 51N"
    for system in METRES:
        if system.zone is None or system.zone.older is None:
            continue
        ours = pyproj.CRS(system.key).name
        older = [pyproj.CRS(key).name for key in system.zone.older]
        assert older == [ours.replace("CGCS2000", datum) for datum in ("Xian 1980", "Beijing 1954")]


def test_older_datums_of_the_same_numbers_are_pointed_out(district: BaseGeometry) -> None:
    first, *_ = rank_systems(moved_to("EPSG:4529")(np.array(square())), district).candidates
    assert first.reasons[-1].code == "reason-older-datum"
    assert first.reasons[-1].params == {"xian": "EPSG:2365", "beijing": "EPSG:2417"}
    for params in ({"crs": "EPSG:32651"}, {"crs": "EPSG:3857"}):
        ranked = rank_systems(moved_to(params["crs"])(np.array(square())), district).candidates
        there = next(one for one in ranked if one.options == params)
        assert "reason-older-datum" not in [reason.code for reason in there.reasons]


@pytest.mark.parametrize("key", NO_PREFIX)
def test_a_plot_that_is_inside_in_utm_and_in_gauss_krueger_is_left_open(
    district: BaseGeometry, key: str
) -> None:
    center = shapely.Point(123.4006, 41.7613)
    ranking = rank_systems(moved_to(key)(shapely.get_coordinates(center.buffer(0.003))), district)
    assert [one.options["crs"] for one in ranking.candidates][:2] == list(NO_PREFIX)
    assert ranking.undecided
    codes = [reason.code for reason in ranking.candidates[0].reasons]
    assert codes[-2:] == ["reason-inside-either-way", "reason-older-datum"]


def test_a_prefix_leaves_no_doubt_even_for_one_plot(district: BaseGeometry) -> None:
    xy = moved_to("EPSG:4499")(np.array(square()))
    ranking = rank_systems(xy, district)
    assert [one.options["crs"] for one in ranking.candidates] == ["EPSG:4499"]
    assert not ranking.undecided
    assert ranking.candidates[0].reasons[0].params["zone"] == 21


@pytest.mark.parametrize("key", ["EPSG:4499", "EPSG:32651"])
def test_the_answer_puts_the_data_where_they_belong(
    empty_store: SqlStore, tmp_path: Path, key: str
) -> None:
    store = with_collections(empty_store)
    ring = moved_to(key)(np.array(square()))
    content = zipped(shapefile([polygon(ring.tolist())], [("地块",)], prj=None))
    asked = imported(store, tmp_path, content, name="a.zip")
    assert asked.question is not None
    options: Any = next(
        one.options for one in asked.question.candidates if one.options["crs"] == key
    )
    assert imported(store, tmp_path, content, name="a.zip", **options).state == "applied"
    (stored,) = store.features("plots")
    assert stored.geometry is not None
    assert stored.geometry.bounds == pytest.approx(shapely.Polygon(square()).bounds, abs=1e-5)


def test_every_usual_system_has_a_name_in_both_languages() -> None:
    for system in (*DEGREES, *METRES):
        candidate = Candidate({"crs": system.key})
        said = {candidate_label(candidate, lang) for lang in ("zh", "en")}
        assert system.key not in said
    assert candidate_label(Candidate({"crs": "EPSG:2365"}), "zh") == "EPSG:2365"
