"""When an import asks for the datum though the file names a system, and when it does not.

How often it asks in vain: a square of half a kilometre tosses a coin, and the vote of all must be
one of 50. Over files made at random (``random_file``) that are spread over the district or the
city that was never; of files that lie wholly within a few hundred metres of the border, on one
side of it, some 5 of 100.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tests.imports import imported, imported_by_child, with_collections
from tests.source_files import (
    PRJ_4550,
    feature,
    geojson,
    polygon,
    shapefile,
    square,
    zipped,
)
from zones.crs.reference_systems import CRS
from zones.crs.transform import from_storage_xy
from zones.georeference.amap_outline_recognition import amap_fields
from zones.georeference.datum_doubts import DatumDoubts
from zones.georeference.datum_fit import SYSTEMS
from zones.ingest.import_report import ImportReport
from zones.plan.seed import read_features
from zones.source.file_findings import CRSFinding, DatumName
from zones.store.sql.store import SqlStore

Floats = NDArray[np.float64]
CRS84 = CRSFinding("WGS 84", "CRS84", "format")
PRJ_WGS84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
DATAV = {
    "adcode": 210102,
    "name": "和平区",
    "center": [123.406664, 41.788074],
    "centroid": [123.389888, 41.773522],
    "childrenNum": 0,
    "level": "district",
    "parent": {"adcode": 210100},
    "subFeatureIndex": 0,
    "acroutes": [100000, 210000, 210100],
}


@pytest.fixture
def store(empty_store: SqlStore) -> SqlStore:
    return with_collections(empty_store)


@pytest.fixture(scope="module")
def district(seed_dir: Path) -> BaseGeometry:
    shapes = [item.geometry for item in read_features(seed_dir, "district")]
    return shapely.union_all(np.array(shapes, dtype=object))


def written_in(lonlat: Floats, crs: CRS) -> Floats:
    return np.column_stack(from_storage_xy(lonlat[:, 0].copy(), lonlat[:, 1].copy(), crs))


def border(crs: CRS = CRS.CRS84) -> list[list[float]]:
    ring = shapely.segmentize(shapely.box(123.3, 41.6, 123.5, 41.85), 0.01)
    return written_in(shapely.get_coordinates(ring), crs).tolist()


def of_border(system: CRS, **members: Any) -> bytes:
    return geojson([feature(polygon(border(system)), fid="d")], **members)


def options_of(report: ImportReport) -> list[dict[str, str]]:
    assert report.state == "needs_decision"
    assert report.question is not None
    return [dict(candidate.options) for candidate in report.question.candidates]


def located(store: SqlStore) -> tuple[float, ...]:
    (stored,) = store.features("plots")
    assert stored.geometry is not None
    return stored.geometry.bounds


@pytest.mark.slow
@pytest.mark.parametrize(("crs", "better"), [(CRS.GCJ02, "gcj02"), (CRS.BD09, "bd09")])
def test_what_fits_better_beyond_chance_is_asked_and_any_answer_settles_it(
    store: SqlStore, tmp_path: Path, crs: CRS, better: str
) -> None:
    report = imported_by_child(store, tmp_path, of_border(crs))
    other = "bd09" if better == "gcj02" else "gcj02"
    assert options_of(report) == [{"datum": better}, {"datum": "none"}, {"datum": other}]
    assert report.question is not None
    assert (report.question.code, report.revision) == ("ask-datum-better", None)
    first = report.question.candidates[0]
    assert [reason.code for reason in first.reasons] == ["reason-border", "reason-fits-best"]
    assert report.findings.features == 1
    for answer in options_of(report):
        settled: Any = answer
        assert imported(store, tmp_path, of_border(crs), **settled).state == "applied"
    imported(store, tmp_path, of_border(crs), datum=better)
    assert located(store) == pytest.approx((123.3, 41.6, 123.5, 41.85), abs=1e-8)


@pytest.mark.parametrize("mode", ["append", "upsert", "replace"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_it_is_asked_whatever_the_mode(
    store: SqlStore, tmp_path: Path, mode: str, dry_run: bool
) -> None:
    imported(store, tmp_path, of_border(CRS.CRS84))
    revision = store.revision()
    report = imported(store, tmp_path, of_border(CRS.GCJ02), mode=mode, dry_run=dry_run)
    assert report.state == "needs_decision"
    assert store.revision() == revision


def test_a_system_that_the_file_names_is_doubted_too(store: SqlStore, tmp_path: Path) -> None:
    drawn = shapefile([polygon(border(CRS.GCJ02))], [("和平区",)], prj=PRJ_WGS84)
    by_prj = imported(store, tmp_path, zipped(drawn), name="a.zip")
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    by_member = imported(store, tmp_path, of_border(CRS.GCJ02, crs=named))
    for report in (by_prj, by_member):
        assert options_of(report)[:2] == [{"datum": "gcj02"}, {"datum": "none"}]
        assert report.question is not None
        assert "reason-file-says" in [r.code for r in report.question.candidates[1].reasons]
    settled = imported(store, tmp_path, zipped(drawn), name="a.zip", datum="none")
    assert (settled.state, settled.findings.crs.basis) == ("applied", "file")
    moved = imported(store, tmp_path, zipped(drawn), name="a.zip", datum="gcj02")
    assert "EPSG:4326 (文件中写明) + gcj02" in moved.as_text("zh")


def test_shifted_degrees_that_were_projected_are_asked_about(
    store: SqlStore, tmp_path: Path
) -> None:
    ring = written_in(np.array(border(CRS.GCJ02)), CRS.EPSG_4550).tolist()
    content = zipped(shapefile([polygon(ring)], [("和平区",)], prj=PRJ_4550))
    assert options_of(imported(store, tmp_path, content, name="a.zip"))[0] == {"datum": "gcj02"}
    imported(store, tmp_path, content, name="a.zip", datum="gcj02")
    assert located(store) == pytest.approx((123.3, 41.6, 123.5, 41.85), abs=1e-6)


def test_a_shifted_datum_that_the_file_names_wrongly_is_asked_about(
    store: SqlStore, tmp_path: Path
) -> None:
    rows = "".join(f"{lon},{lat}\n" for lon, lat in border())
    content = f"lng_gcj02,lat_gcj02\n{rows}".encode()
    report = imported(store, tmp_path, content, name="a.csv", into="spots")
    assert options_of(report) == [{"crs": "CRS84"}, {"crs": "gcj02"}, {"crs": "bd09"}]
    named = f"lng_gcj02,lat_gcj02\n{rows.splitlines()[0]}\n".encode()
    assert imported(store, tmp_path, named, name="a.csv", into="spots").state == "applied"


def test_a_file_at_fault_is_rejected_with_the_doubt_beside_its_faults(
    store: SqlStore, tmp_path: Path
) -> None:
    bow_tie = polygon([[123.4, 41.7], [123.41, 41.71], [123.41, 41.7], [123.4, 41.71]])
    content = geojson([feature(polygon(border(CRS.GCJ02))), feature(bow_tie)])
    report = imported(store, tmp_path, content)
    assert report.state == "rejected"
    assert "datum-fits-better" in {problem.code for problem in report.problems}


def datav(ring: Any) -> bytes:
    return geojson([feature(polygon(ring), **DATAV)])


def test_outlines_of_amaps_form_are_asked_about_however_small(
    store: SqlStore, tmp_path: Path
) -> None:
    report = imported_by_child(store, tmp_path, datav(square()))
    assert options_of(report) == [{"datum": "gcj02"}, {"datum": "none"}, {"datum": "bd09"}]
    assert report.question is not None
    assert report.question.code == "ask-datum-form"
    assert "acroutes" in report.as_text("zh")
    settled = imported(store, tmp_path, datav(square()), datum="none")
    assert settled.state == "applied"


def test_the_form_is_recognised_in_shapefiles_and_tables_too(
    store: SqlStore, tmp_path: Path
) -> None:
    names = ("adcode", "name", "childrenNu", "level", "subFeature", "acroutes")
    fields = [(name, "C", 40) for name in names]
    row = ("210102", "和平区", "0", "district", "0", "[100000, 210000]")
    drawn = shapefile([polygon(square())], [row], fields=fields, prj=PRJ_WGS84)
    by_prj = imported(store, tmp_path, zipped(drawn), name="a.zip")
    assert options_of(by_prj)[0] == {"datum": "gcj02"}
    wkt = shapely.Polygon(square()).wkt
    table = f'adcode,name,acroutes,WKT\n210102,和平区,"[1]","{wkt}"\n'.encode()
    asked = imported(store, tmp_path, table, name="a.csv")
    assert options_of(asked)[0] == {"crs": "gcj02"}
    assert asked.question is not None
    assert (asked.question.code, asked.question.undecided) == ("ask-crs", False)
    assert "reason-amap-form" in {r.code for r in asked.question.candidates[0].reasons}


def test_amaps_form_that_was_shifted_back_beyond_doubt_is_not_asked_about(
    store: SqlStore, tmp_path: Path
) -> None:
    assert imported(store, tmp_path, datav(border())).state == "applied"
    assert options_of(imported(store, tmp_path, datav(border(CRS.GCJ02))))[0] == {"datum": "gcj02"}


@pytest.mark.parametrize(
    ("names", "known"),
    [
        (["adcode", "acroutes"], True),
        (["ADCODE", "NAME", "CHILDRENNU"], True),
        (["adcode", "citycode", "name", "center", "level"], True),
        (["subFeatureIndex", "childrenNum"], True),
        (["adcode", "name", "level"], False),
        (["name", "center", "level", "parent"], False),
        (["gb", "name"], False),
        ([], False),
    ],
)
def test_a_form_is_known_by_its_names(names: list[str], known: bool) -> None:
    assert bool(amap_fields(names)) is known


def doubts(lonlat: Floats, outline: BaseGeometry | None) -> DatumDoubts:
    found = DatumDoubts("none", CRS84, outline, by_person=False)
    found.take(np.asarray(shapely.points(lonlat)), [])
    return found


def random_file(rng: np.random.Generator, district: BaseGeometry) -> Floats:
    """Return vertices of points, parcels or roads over the district, or over the city."""
    west, south, east, north = shapely.buffer(district, rng.choice([0.0, 0.1])).bounds
    count = int(10 ** rng.uniform(1, 3))
    places = rng.uniform((west, south), (east, north), (20 * count, 2))
    if rng.random() < 0.7 and west == district.bounds[0]:
        places = places[shapely.covers(district, shapely.points(places))]
    places = places[:count]
    kind = rng.integers(3)
    if kind == 0:
        return places
    if kind == 1:
        corners = np.array([(0, 0), (0, 0.0006), (0.0008, 0.0006), (0.0008, 0)])
        return (places[:, None] + corners).reshape(-1, 2)
    return shapely.get_coordinates(shapely.segmentize(shapely.LineString(places[:12]), 0.001))


@pytest.mark.slow
def test_random_files_in_wgs_84_are_never_asked_about(district: BaseGeometry) -> None:
    rng = np.random.default_rng(20)
    asked = [doubts(random_file(rng, district), district).question() for _ in range(250)]
    assert asked == [None] * 250


@pytest.mark.slow
@pytest.mark.parametrize("shifted", ["gcj02", "bd09"])
def test_shifted_files_are_always_asked_about_when_they_are_large(
    district: BaseGeometry, shifted: DatumName
) -> None:
    rng = np.random.default_rng(21)
    west, south, east, north = district.bounds
    for _ in range(40):
        places = rng.uniform((west, south), (east, north), (3000, 2))
        places = places[shapely.covers(district, shapely.points(places))][:300]
        question = doubts(written_in(places, SYSTEMS[shifted]), district).question()
        assert question is not None
        assert question.candidates[0].options == {"datum": shifted}


def test_without_a_district_only_the_form_raises_doubts(tmp_path: Path) -> None:
    found = DatumDoubts("none", CRS84, None, by_person=False)
    found.take(np.asarray(shapely.points(square())), [DATAV])
    question = found.question()
    assert question is not None
    assert [one.options["datum"] for one in question.candidates] == ["gcj02", "none", "bd09"]
    assert doubts(np.array(square()), None).question() is None
