"""Coordinates of KML: by the letter, unmistakable and told, or unreadable and told."""

from pathlib import Path

import pytest
import shapely

from tests.format_files import kml, placemark
from tests.opened_sources import Read, read
from zones.formats.kml.coordinates import UnreadableCoordinates, parse_coordinates

RING = "123.400,41.780 123.404,41.780 123.404,41.784 123.400,41.784 123.400,41.780"
SQUARE = shapely.box(123.400, 41.780, 123.404, 41.784)


def area(coordinates: str, *holes: str, name: str = "面") -> str:
    """Return a placemark with a polygon; each of ``holes`` is a boundary as it stands there."""
    ring = f"<LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"
    outer = f"<outerBoundaryIs>{ring}</outerBoundaryIs>"
    return f"<Placemark><name>{name}</name><Polygon>{outer}{''.join(holes)}</Polygon></Placemark>"


def read_area(folder: Path, coordinates: str) -> Read:
    return read(folder, kml(area(coordinates)), "kml")


@pytest.mark.parametrize(
    "coordinates",
    [
        RING,
        RING.replace(" ", "\n\t\t"),
        "\n " + RING.replace(" ", ",0\r\n") + ",0 ",
        RING.replace("41.780 123.404,41.784", "41.780,12.5 123.404,41.784"),
        RING.replace("123.404", "+1.23404e2"),
    ],
)
def test_what_is_written_by_the_letter_is_read_without_a_word(
    tmp_path: Path, coordinates: str
) -> None:
    found = read_area(tmp_path, coordinates)
    assert shapely.from_wkb(found.rows[0]["wkb"]).equals(SQUARE)
    assert set(found.codes) <= {"heights-dropped"}


@pytest.mark.parametrize(
    "coordinates",
    [
        RING.replace("123.404,41.780", "123.404，41.780"),
        RING.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789.,"}),
        RING.replace(" ", "\u3000"),
        RING.replace(",", ", "),
        RING.replace(",", " , "),
        RING.replace(" ", ", "),
        RING.replace(" ", ",0 ").replace(",", ", ") + ", 0",
        RING.replace("123.404", "123°24′14.4″"),
        RING.replace("123.404", "123度24分14.4秒"),
        RING.replace("123.404", "123d24m14.4s").replace("41.784", "41d47m2.4s"),
        RING.replace("123.404", "123° 24' 14.4\""),
        RING.replace("123.404", "E123°24.24′"),
        RING.replace("123.404,41.784", "N41°47′02.4″,E123°24′14.4″"),
        RING.replace("41.784 ", "41.784,nan "),
    ],
)
def test_what_can_mean_one_thing_only_is_read_and_told(tmp_path: Path, coordinates: str) -> None:
    found = read_area(tmp_path, coordinates)
    assert found.errors == 0
    assert shapely.from_wkb(found.rows[0]["wkb"]).equals_exact(SQUARE, 1e-9, normalize=True)
    (told,) = (problem for problem in found.problems if problem.code == "kml-coordinates-read")
    assert (told.feature, told.params["name"], told.params["count"]) == (1, "面", 1)
    assert told.params["text"] in coordinates


@pytest.mark.parametrize(
    ("coordinates", "place", "text"),
    [
        (RING.replace("123.404,41.780", "123.404"), 2, "123.404"),
        (RING.replace("123.404,41.780", "123.404,"), 2, "123.404,"),
        (RING.replace("123.404,41.780", ",41.780"), 2, ",41.780"),
        (RING.replace("123.404,41.780", "123.404;41.780"), 2, "123.404;41.780"),
        (RING.replace("123.404,41.780", "nan,nan"), 2, "nan,nan"),
        (RING.replace("123.404,41.780", "123.404,41.780,0,0"), 2, "123.404,41.780,0,0"),
        (RING.replace(" ", ",0", 1), 1, "123.400,41.780,0123.404,41.780"),
        (RING.replace("123.404,41.780", "123.4O4,41.780"), 2, "123.4O4,41.780"),
        (RING.replace("123.404,41.780", "123_404,41.780"), 2, "123_404,41.780"),
        (RING.replace("123.404,41.780", "123°64′,41.780"), 2, "123°64′,41.780"),
        (RING.replace("123.404,41.780", "N41°46′,123.404"), 2, "N41°46′,123.404"),
        (RING.replace(",", " "), 1, "123.400"),
        ("10,20 11, 12,21 13,22", 2, "11,"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_place_and_never_another_shape(
    tmp_path: Path, coordinates: str, place: int, text: str
) -> None:
    found = read_area(tmp_path, coordinates)
    assert found.errors == 1
    problem = found.problems[0]
    assert (problem.code, problem.feature) == ("kml-coordinates", 1)
    assert problem.params == {"name": "面", "place": place, "text": text}


def test_placemarks_without_coordinates_have_no_place(tmp_path: Path) -> None:
    found = read(tmp_path, kml(placemark("a", at=""), placemark("b", at=" \n"), area("")), "kml")
    assert [row["wkb"] for row in found.rows] == [None, None, None]
    (told,) = found.problems
    assert (told.code, told.params) == ("geometry-missing", {"count": 3})


def test_every_unreadable_placemark_is_told_in_the_same_report(tmp_path: Path) -> None:
    bad = [placemark(name, at=at) for name, at in (("一", "123.4"), ("二", "x,y"), ("三", "1;2"))]
    found = read(tmp_path, kml(placemark("好"), *bad), "kml")
    told = [(each.feature, each.params["name"]) for each in found.problems[:3]]
    assert told == [(2, "一"), (3, "二"), (4, "三")]
    assert found.errors == 3


def test_positions_of_one_pair_are_never_made_of_two_numbers_set_apart_by_a_blank() -> None:
    with pytest.raises(UnreadableCoordinates):
        parse_coordinates("123.405 41.785")
