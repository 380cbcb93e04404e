from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from coord_convert import transform as oracle
from numpy.typing import NDArray

from tests.fitted import fit_datum
from tests.imports import codes, imported, with_collections
from tests.source_files import feature, geojson, point, polygon
from zones.crs.reference_systems import CRS
from zones.crs.transform import from_storage_xy
from zones.errors import UnknownCRSError
from zones.georeference.datum_fit import datum_problem
from zones.source.file_findings import DatumName
from zones.store.sql.store import SqlStore

# A district with bays, so that no shift maps its border onto itself.
DISTRICT = shapely.box(123.36, 41.76, 123.44, 41.82).difference(
    shapely.box(123.39, 41.80, 123.41, 41.83)
)
EDGE = shapely.get_coordinates(shapely.segmentize(DISTRICT, 0.002))
SYSTEMS = {"gcj02": CRS.GCJ02, "bd09": CRS.BD09}


def written_in(lonlat: NDArray[np.float64], system: CRS) -> NDArray[np.float64]:
    return np.column_stack(from_storage_xy(lonlat[:, 0], lonlat[:, 1], system))


@pytest.mark.parametrize("better", ["gcj02", "bd09"])
def test_a_shifted_border_is_recognised_with_its_distances(better: DatumName) -> None:
    found = fit_datum(written_in(EDGE, SYSTEMS[better]), DISTRICT, taken="none")
    assert found.better == better
    by_name = {fit.datum: fit for fit in found.fits}
    border_m = by_name[better].border_m
    assert border_m is not None
    assert border_m < 1
    doubt = datum_problem(found)
    assert doubt is not None
    assert doubt.severity == "warning"
    assert doubt.params["better_m"] == 0


@pytest.mark.parametrize(("better", "shift"), [("gcj02", oracle.wgs2gcj), ("bd09", oracle.wgs2bd)])
def test_a_border_that_another_program_shifted_is_recognised(
    better: DatumName, shift: Callable[[float, float], tuple[float, float]]
) -> None:
    shifted = np.array([shift(lon, lat) for lon, lat in EDGE.tolist()])
    found = fit_datum(shifted, DISTRICT, taken="none")
    assert found.better == better
    border_m = next(fit.border_m for fit in found.fits if fit.datum == better)
    assert border_m is not None
    assert border_m < 1


def test_a_border_that_fits_raises_no_doubt() -> None:
    assert fit_datum(EDGE, DISTRICT, taken="none").better is None
    assert fit_datum(EDGE, DISTRICT, taken="gcj02").better is None


def test_a_datum_that_was_declared_wrongly_is_doubted_too() -> None:
    shifted_once_too_often = np.column_stack(
        [
            EDGE[:, 0] * 2 - written_in(EDGE, CRS.GCJ02)[:, 0],
            EDGE[:, 1] * 2 - written_in(EDGE, CRS.GCJ02)[:, 1],
        ]
    )
    assert fit_datum(shifted_once_too_often, DISTRICT, taken="gcj02").better == "none"


@pytest.mark.parametrize("seed", range(5))
def test_places_anywhere_in_and_around_the_district_prove_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = rng.uniform((123.34, 41.74), (123.46, 41.84), (3000, 2))
    assert fit_datum(places, DISTRICT, taken="none").better is None


def test_points_that_fall_out_of_the_district_only_when_shifted_are_evidence() -> None:
    rng = np.random.default_rng(1)
    places = rng.uniform((123.36, 41.76), (123.44, 41.82), (3000, 2))
    inside = places[shapely.covers(DISTRICT.buffer(-0.0015), shapely.points(places))]
    near_edge = inside[shapely.distance(shapely.points(inside), DISTRICT.boundary) < 0.006]
    assert fit_datum(written_in(near_edge, CRS.GCJ02), DISTRICT, taken="none").better is not None


def test_too_few_or_far_places_are_not_judged() -> None:
    assert fit_datum(EDGE[:5], DISTRICT, taken="none").fits == ()
    assert fit_datum(EDGE + 1.0, DISTRICT, taken="none").points == 0
    assert fit_datum(EDGE, None, taken="none").points == 0


@pytest.fixture
def store(empty_store: SqlStore) -> SqlStore:
    return with_collections(empty_store)


def border_file(system: CRS) -> bytes:
    ring = shapely.get_coordinates(shapely.segmentize(shapely.box(123.3, 41.6, 123.5, 41.85), 0.01))
    return geojson([feature(polygon(written_in(ring, system).tolist()), fid="d")])


def test_a_persons_word_is_taken_with_a_warning(store: SqlStore, tmp_path: Path) -> None:
    for options in ({"crs": "EPSG:4490"}, {"datum": "none"}, {"datum": "EPSG:4490"}):
        doubted = imported(store, tmp_path, border_file(CRS.GCJ02), dry_run=True, **options)
        assert doubted.state == "ready"
        assert codes(doubted)[-1] == "datum-fits-better"
        assert "gcj02" in doubted.as_text("zh")


def test_a_datum_goes_beside_no_other(store: SqlStore, tmp_path: Path) -> None:
    one = geojson([feature(point(123.4, 41.7))])
    for options in ({"crs": "gcj02", "datum": "none"}, {"crs": "bd09", "datum": "gcj02"}):
        with pytest.raises(UnknownCRSError) as caught:
            imported(store, tmp_path, one, into="spots", **options)
        assert caught.value.code == "datum-conflict"
    twice = imported(store, tmp_path, one, into="spots", crs="gcj02", datum="gcj02", dry_run=True)
    assert twice.state == "ready"


def test_shifted_degrees_that_were_projected_are_shifted_back(
    store: SqlStore, tmp_path: Path
) -> None:
    lonlat = written_in(np.array([[123.4, 41.7]]), CRS.GCJ02)
    east, north = written_in(lonlat, CRS.EPSG_4550)[0].tolist()
    one = geojson([feature(point(east, north))])
    imported(store, tmp_path, one, into="spots", crs="EPSG:4550", datum="gcj02")
    (stored,) = store.features("spots")
    assert stored.geometry is not None
    assert stored.geometry.coords[0] == pytest.approx((123.4, 41.7), abs=1e-9)
