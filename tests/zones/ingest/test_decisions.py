from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from tests.format_files import boxes, geopackage
from tests.imports import fids, imported, imported_by_child, with_collections
from tests.opened_sources import read
from tests.source_files import (
    PRJ_4490,
    PRJ_4550,
    feature,
    geojson,
    point,
    polygon,
    shapefile,
    square,
    zip_of,
    zipped,
)
from zones.crs.reference_systems import CRS
from zones.crs.transform import from_storage_xy
from zones.georeference.crs_candidates import rank_systems
from zones.ingest.import_report import ImportReport
from zones.questions_to_people import OpenQuestion
from zones.store.sql.store import SqlStore

DISTRICT = shapely.box(123.3, 41.6, 123.5, 41.85)
BORDER = shapely.get_coordinates(shapely.segmentize(DISTRICT, 0.01))
PLACES = np.random.default_rng(3).uniform((123.32, 41.62), (123.48, 41.83), (200, 2))
PRJ_CM_120 = PRJ_4550.replace('Central_Meridian",123.0', 'Central_Meridian",120.0')


@pytest.fixture
def store(empty_store: SqlStore) -> SqlStore:
    return with_collections(empty_store)


def written_in(lonlat: NDArray[np.float64], crs: CRS) -> NDArray[np.float64]:
    return np.column_stack(from_storage_xy(lonlat[:, 0].copy(), lonlat[:, 1].copy(), crs))


def plot(crs: CRS, *, prj: str | None, **options: Any) -> bytes:
    ring = written_in(np.array(square()), crs).tolist()
    return zipped(shapefile([polygon(ring)], [("地块",)], prj=prj, **options))


def asked(report: ImportReport) -> OpenQuestion:
    assert report.state == "needs_decision"
    assert report.question is not None
    return report.question


def systems(question: OpenQuestion) -> list[str]:
    return [candidate.options["crs"] for candidate in question.candidates]


@pytest.mark.parametrize(
    ("crs", "ranked"),
    [
        (CRS.EPSG_4529, ["EPSG:4529"]),
        (CRS.EPSG_4528, ["EPSG:4528"]),
        (CRS.EPSG_4550, ["EPSG:4550", "EPSG:32651", "EPSG:4549"]),
        (CRS.EPSG_4549, ["EPSG:4549"]),
        (CRS.EPSG_3857, ["EPSG:3857"]),
        (CRS.CRS84, ["CRS84", "bd09", "gcj02"]),
    ],
)
def test_numbers_lead_to_the_system_they_were_written_in(crs: CRS, ranked: list[str]) -> None:
    found = [
        one.options["crs"] for one in rank_systems(written_in(PLACES, crs), DISTRICT).candidates
    ]
    assert found[0] == ranked[0]
    assert sorted(found[1:]) == sorted(ranked[1:]) or found[0] == "EPSG:4549"


@pytest.mark.parametrize("crs", [CRS.CRS84, CRS.GCJ02, CRS.BD09])
def test_degrees_on_the_border_lead_to_their_datum(crs: CRS) -> None:
    first, *_ = rank_systems(written_in(BORDER, crs), DISTRICT).candidates
    assert first.options == {"crs": crs.key}
    assert first.reasons[1].params["border_m"] == 0


def test_without_a_district_the_numbers_alone_decide() -> None:
    prefixed = rank_systems(written_in(PLACES, CRS.EPSG_4529), None).candidates
    assert prefixed[0].options == {"crs": "EPSG:4529"}
    assert prefixed[0].reasons[0].params["zone"] == 41


def test_numbers_that_no_system_knows_have_no_candidates() -> None:
    assert rank_systems(np.array([[1e9, 1e9]]), DISTRICT).candidates == ()
    assert rank_systems(np.empty((0, 2)), DISTRICT).candidates == ()


def test_a_missing_prj_is_asked_for_and_the_first_answer_is_right(
    store: SqlStore, tmp_path: Path
) -> None:
    content = plot(CRS.EPSG_4529, prj=None)
    report = imported_by_child(store, tmp_path, content, name="a.zip")
    question = asked(report)
    assert (question.topic, systems(question)) == ("crs", ["EPSG:4529"])
    assert (store.revision(), report.revision, report.difference) == (1, None, None)
    answer: Any = question.candidates[0].options
    settled = imported(store, tmp_path, content, name="a.zip", **answer)
    assert settled.state == "applied"
    (stored,) = store.features("plots")
    assert stored.geometry is not None
    assert stored.geometry.bounds == pytest.approx(shapely.Polygon(square()).bounds, abs=1e-9)


@pytest.mark.parametrize(
    ("crs", "prj", "code", "first"),
    [
        (CRS.EPSG_4529, PRJ_4550, "ask-crs-denied", "EPSG:4529"),
        (CRS.EPSG_4550, PRJ_4490, "ask-crs-denied", "EPSG:4550"),
        (CRS.CRS84, PRJ_4550, "ask-crs-denied", "CRS84"),
        (CRS.EPSG_4550, PRJ_CM_120, "ask-crs-far", "EPSG:4550"),
    ],
)
def test_a_prj_that_the_numbers_deny_is_asked_about(
    store: SqlStore, tmp_path: Path, crs: CRS, prj: str, code: str, first: str
) -> None:
    question = asked(imported(store, tmp_path, plot(crs, prj=prj), name="a.zip"))
    assert (question.code, systems(question)[0]) == (code, first)


def test_the_word_of_a_person_is_not_asked_about_again(store: SqlStore, tmp_path: Path) -> None:
    content = plot(CRS.EPSG_4550, prj=PRJ_CM_120)
    report = imported(store, tmp_path, content, name="a.zip", crs="EPSG:4549")
    assert (report.state, report.question) == ("applied", None)
    denied = imported(store, tmp_path, plot(CRS.EPSG_4529, prj=None), name="a.zip", crs="CRS84")
    assert denied.state == "rejected"


def test_metres_in_geojson_are_asked_about_and_swapped_degrees_are_not(
    store: SqlStore, tmp_path: Path
) -> None:
    metres = written_in(np.array([[123.4, 41.7]]), CRS.EPSG_4529)[0].tolist()
    one = imported(store, tmp_path, geojson([feature(point(*metres))]), into="spots")
    assert systems(asked(one)) == ["EPSG:4529"]
    other = imported(store, tmp_path, geojson([feature(point(41.7, 123.4))]), into="spots")
    assert other.state == "rejected"


def test_a_table_of_degrees_asks_for_the_datum_and_a_datum_answers(
    store: SqlStore, tmp_path: Path
) -> None:
    rows = "".join(f"{lon},{lat}\n" for lon, lat in written_in(BORDER, CRS.GCJ02))
    content = f"经度,纬度\n{rows}".encode("gbk")
    question = asked(imported(store, tmp_path, content, name="a.csv", into="spots"))
    assert systems(question)[0] == "gcj02"
    settled = imported(store, tmp_path, content, name="a.csv", into="spots", datum="gcj02")
    assert (settled.state, settled.problems) == ("applied", ())


def test_of_several_layers_the_fullest_is_offered_first(store: SqlStore, tmp_path: Path) -> None:
    content = geopackage({"a": (boxes(1), {"n": [1]}), "b": (boxes(3), {"n": [1, 2, 3]})})
    question = asked(imported(store, tmp_path, content, name="a.gpkg"))
    assert [one.options for one in question.candidates] == [{"layer": "b"}, {"layer": "a"}]
    assert imported(store, tmp_path, content, name="a.gpkg", layer="b").counts.added == 3


def test_several_shapefiles_are_told_with_their_size(tmp_path: Path) -> None:
    parts = {"a": shapefile([polygon(square())]), "b": shapefile([polygon(square())] * 4)}
    members = {stem + end: part for stem, file in parts.items() for end, part in file.items()}
    question = read(tmp_path, zip_of(members), "shapefile").question
    assert question is not None
    features = [one.reasons[0].params["features"] for one in question.candidates]
    assert features == [4, 1]


def test_text_that_reads_in_two_ways_is_asked_about_with_samples(
    store: SqlStore, tmp_path: Path
) -> None:
    parts = shapefile([polygon(square())], [("臺北市建設局",)], encoding="big5", code_page=0x78)
    question = asked(imported(store, tmp_path, zipped(parts), name="a.zip"))
    assert [one.options for one in question.candidates] == [
        {"encoding": "cp950"},
        {"encoding": "GB18030"},
    ]
    assert question.candidates[0].samples == ("臺北市建設局",)
    imported(store, tmp_path, zipped(parts), name="a.zip", encoding="cp950")
    assert [item.properties["name"] for item in store.features("plots")] == ["臺北市建設局"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_question_is_told_in_words(store: SqlStore, tmp_path: Path, lang: Any) -> None:
    report = imported(store, tmp_path, plot(CRS.EPSG_4550, prj=None), name="a.zip")
    told = report.as_json(lang)
    assert told["state"] == "needs_decision"
    first = told["question"]["candidates"][0]
    assert first["options"] == {"crs": "EPSG:4550"}
    assert len(first["reasons"]) == 4
    assert told["question"]["undecided"] is True
    lines = report.as_text(lang)
    assert "crs=EPSG:4550" in lines
    assert "{" not in lines
    assert fids(store) == []


def last_reason(question: OpenQuestion) -> str:
    return question.candidates[0].reasons[-1].code


def test_candidates_that_fit_nothing_are_said_to_fit_nothing(
    store: SqlStore, tmp_path: Path
) -> None:
    """Metres of the neighbouring meridian, without a zone, are near the district in no system."""
    east, north = written_in(np.array([[121.0, 41.2]]), CRS.EPSG_4550)[0].tolist()
    question = asked(spots(store, tmp_path, [(east + i, north) for i in range(20)]))
    assert (question.code, question.undecided) == ("ask-crs-local", True)
    assert last_reason(question) == "reason-fits-nothing"
    assert "EPSG:4550 " in str(question.candidates[0].reasons[-1].params["distances"])


def test_degrees_elsewhere_are_no_local_grid(store: SqlStore, tmp_path: Path) -> None:
    question = asked(spots(store, tmp_path, [(116.4 + i / 1000, 39.9) for i in range(20)]))
    assert (question.code, question.undecided) == ("ask-crs", True)
    assert last_reason(question) == "reason-fits-nothing"
    assert "CRS84 6" in str(question.candidates[0].reasons[-1].params["distances"])


def test_what_lies_just_outside_the_district_fits_no_better_and_is_not_called_local(
    store: SqlStore, tmp_path: Path
) -> None:
    places = np.array([(123.55, 41.70 + i / 2000) for i in range(20)])
    question = asked(spots(store, tmp_path, written_in(places, CRS.EPSG_4529).tolist()))
    assert (question.code, question.undecided) == ("ask-crs", True)
    assert last_reason(question) == "reason-fits-nothing"


@pytest.mark.parametrize(
    ("xy", "code", "told"),
    [
        ((41.7, 123.4), "ask-crs-swapped", {"crs": "CRS84"}),
        ((4_618_000.0, 533_000.0), "ask-crs-swapped", {"crs": "EPSG:4550"}),
        ((4_618_000.0, 41_533_000.0), "ask-crs-swapped", {"crs": "EPSG:4529"}),
        ((39_447_000.0, 4_418_000.0), "ask-crs-other-zone", {"zone": 39, "meridian": 117}),
        ((12_958_000.0, 4_853_000.0), "ask-crs-elsewhere", {"crs": "EPSG:3857"}),
        ((41_500_000.0, 2_500_000.0), "ask-crs-elsewhere", {"crs": "EPSG:4529"}),
        ((33_000.0, 26_000.0), "ask-crs-local", {}),
        ((1e9, 1e9), "ask-crs-local", {}),
    ],
)
def test_numbers_that_fall_nowhere_are_told_by_what_they_look_like(
    store: SqlStore, tmp_path: Path, xy: tuple[float, float], code: str, told: dict[str, object]
) -> None:
    question = asked(spots(store, tmp_path, [xy] * 12))
    assert (question.code, question.candidates) == (code, ())
    assert told.items() <= question.params.items()


def spots(store: SqlStore, folder: Path, places: list[Any]) -> ImportReport:
    content = zipped(shapefile([point(*place) for place in places], prj=None))
    return imported(store, folder, content, name="a.zip", into="spots")
