"""What filters find in small collections, by hand: nulls, mixed types, patterns, lists."""

import pytest

from tests.toy import collection, feature
from zones.cql2 import filter_of_values, parse_filter
from zones.errors import FilterError
from zones.model import JSON
from zones.snapshot.collection import Collection


def column(*held: JSON, name: str = "a") -> Collection:
    """Return a collection whose features hold these values in one property."""
    return collection("c", [feature(str(n), None, **{name: each}) for n, each in enumerate(held)])


def positions(text: str, places: Collection) -> list[int]:
    """Return the positions of the features that a filter finds."""
    return parse_filter(text).mask(places).nonzero()[0].tolist()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = 1", [0]),
        ("NOT a = 1", [1]),
        ("a <> 1", [1]),
        ("a = 1 OR a <> 1", [0, 1]),
        ("a IS NULL", [2]),
        ("a IS NOT NULL", [0, 1]),
        ("a IS NULL OR a = 2", [1, 2]),
        ("NOT (a = 1 AND false)", [0, 1, 2]),
        ("a NOT IN (1)", [1]),
        ("a BETWEEN 2 AND 1", []),
        ("a + 1 > 0", [0, 1]),
        ("(a > 1) IS NULL", [2]),
    ],
)
def test_null_is_unknown_and_unknown_is_not_found(text: str, found: list[int]) -> None:
    assert positions(text, column(1, 2, None)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = 12.5", [0, 1]),
        ("a = '12.5'", [0, 1]),
        ("a > 5", [0, 1, 2]),
        ("a IN (12.5, 100)", [0, 1, 2]),
        ("a IN ('12.5', '007')", [0, 1, 3]),
        ("a = 7", []),
        ("a = '007'", [3]),
        ("a = 'many'", [4]),
        ("a <> 'many'", [0, 3]),
        ("a * 2 = 25", [0, 1]),
        ("a", [5]),
        ("a = true", [5]),
        ("a = 1", []),
        ("a LIKE '1%'", [0]),
        ("a IS NULL", [6]),
    ],
)
def test_a_column_of_mixed_types_is_compared_value_by_value(text: str, found: list[int]) -> None:
    assert positions(text, column("12.5", 12.5, 100, "007", "many", True, None)) == found


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("南%", [0, 1]),
        ("%场", [0]),
        ("%市%", [0, 1]),
        ("南_场", [0]),
        ("南市", []),
        ("南市场", [0]),
        ("_市%", [0, 1]),
        ("%", [0, 1, 2, 3, 4, 5]),
        ("", [5]),
        ("_%", [0, 1, 2, 3, 4]),
        (r"50\%", [2]),
        (r"5_\%", [2]),
        (r"a\\b", [3]),
        (r"a\_b", []),
        ("x%z", [4]),
        ("x_z", [4]),
        ("%x%\n%", [4]),
        ("%%", [0, 1, 2, 3, 4, 5]),
        ("x%xyz", []),
        ("南市%市场", []),
    ],
)
def test_patterns_match_whole_texts_of_any_script(pattern: str, found: list[int]) -> None:
    places = column("南市场", "南市区", "50%", "a\\b", "x\nz", "", None)
    assert positions(f"a LIKE '{pattern}'", places) == found
    assert positions(f"a NOT LIKE '{pattern}'", places) == sorted(set(range(6)) - set(found))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CASEI(a) = CASEI('KØBENHAVN')", [0]),
        ("CASEI(a) = CASEI('STRASSE')", [1]),
        ("ACCENTI(a) = ACCENTI('Kobenhavn')", [0]),
        ("ACCENTI(CASEI(a)) = ACCENTI(CASEI('KOBENHAVN'))", [0]),
        ("ACCENTI(CASEI(a)) LIKE ACCENTI(CASEI('kØ%'))", [0]),
        ("CASEI(a) LIKE CASEI('STRA%')", [1]),
        ("ACCENTI(CASEI(a)) IN (ACCENTI(CASEI('Lodz')), ACCENTI(CASEI('strasse')))", [1, 2]),
        ("ACCENTI(a) LIKE '和%'", [3]),
        ("CASEI(a) = 'København'", []),
        ("CASEI(a) IS NULL", [4, 5]),
    ],
)
def test_case_and_accents_do_not_matter_when_folded(text: str, found: list[int]) -> None:
    assert positions(text, column("København", "Straße", "Łódź", "和平区", None, 5)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = 1038280 + 8", [0]),
        ("a >= 1038290 - 2 * 2 ^ 0", [0]),
        ("a > 1038290 - 21 div 10", []),
        ("a >= 1038290 - 21 div 10", [0]),
        ("a = 1038290 - 5 % 2 - 1", [0]),
        ("-7 div 2 = -3 AND a = -7", [1]),
        ("a % 4 = -3", [1]),
        ("a div 2 = -3", [1]),
        ("a / 0 > 1 OR a / 0 <= 1", []),
        ("(a / 0) IS NULL", [0, 1, 2]),
        ("a ^ 0.5 = 1", []),
        ("2 ^ 3 ^ 2 = 64", [0, 1, 2]),
    ],
)
def test_arithmetic_is_that_of_sql_and_no_number_is_null(text: str, found: list[int]) -> None:
    assert positions(text, column(1038288, -7, None)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A_EQUALS(a, ('y', 'x', 'x'))", [0]),
        ("A_CONTAINS(a, ('x'))", [0, 1]),
        ("A_CONTAINEDBY(a, ('x', 'y', 'z'))", [0, 1, 3]),
        ("A_OVERLAPS(a, ('y', 1))", [0, 2]),
        ("A_CONTAINS(a, (1, true))", [2]),
        ("A_EQUALS(a, (1))", []),
        ("NOT A_CONTAINS(a, ('x'))", [2, 3]),
        ("A_EQUALS(a, a)", [0, 1, 2, 3]),
        ("A_CONTAINS(a, (name))", []),
        ("a IS NULL", [4]),
    ],
)
def test_lists_are_compared_as_sets(text: str, found: list[int]) -> None:
    places = column(["x", "y"], ["x"], [1, True], [], None, "x")
    assert positions(text, places) == found


def test_a_list_may_be_asked_for_the_value_of_another_property() -> None:
    places = collection(
        "c",
        [
            feature("x", None, tags=["x", "day"], day="x"),
            feature("y", None, tags=["x"], day="y"),
            feature("2020-01-01", None, tags=["2020-01-01"], day=None),
        ],
    )
    assert positions("A_CONTAINS(tags, (name))", places) == [0, 2]
    assert positions("A_CONTAINS(tags, (day, 'x'))", places) == [0]
    assert positions("A_OVERLAPS(tags, (DATE('2020-01-01'), 5))", places) == [2]


def test_texts_are_ordered_by_code_point() -> None:
    places = column("Z", "a", "é", "一", "中", "\U0001f600")
    assert positions("a > 'b'", places) == [2, 3, 4, 5]
    assert positions("'一' < a", places) == [4, 5]
    assert positions("'a' > a", places) == [0]
    assert positions("'a' >= a", places) == [0, 1]
    assert positions("'a' <= a", places) == [1, 2, 3, 4, 5]
    assert positions("a BETWEEN 'Z' AND 'é'", places) == [0, 1, 2]


def test_two_properties_are_compared_feature_by_feature() -> None:
    rows: list[tuple[JSON, JSON, JSON, JSON]] = [
        (1, "1", "x", "x"),
        (2, 1, "x", "y"),
        (None, 1, None, "x"),
        (3, "z", "b", "a"),
    ]
    places = collection(
        "c",
        [feature(str(n), None, a=a, b=b, s=s, t=t) for n, (a, b, s, t) in enumerate(rows)],
    )
    assert positions("a = b", places) == [0]
    assert positions("a > b", places) == [1]
    assert positions("s < t", places) == [1]
    assert positions("s <> t", places) == [1, 3]
    assert positions("a IN (b, 3)", places) == [0, 3]


def test_a_property_that_only_some_features_have_is_null_in_the_others() -> None:
    places = collection("c", [feature("x", None), feature("y", None, late=1)])
    assert positions("late = 1", places) == [1]
    assert positions("late IS NULL", places) == [0]


def test_texts_are_found_among_the_few_features_that_other_conditions_leave() -> None:
    held: list[tuple[JSON, JSON]] = [(n, f"s{n}" if n % 2 else None) for n in range(40)]
    places = collection("c", [feature(str(n), None, n=n, s=s) for n, s in held])
    assert positions("n > 34 AND s = 's37'", places) == [37]
    assert positions("n > 34 AND s IS NULL", places) == [36, 38]
    assert positions("n > 34 AND s LIKE 's3%' AND NOT s = 's39'", places) == [35, 37]
    assert positions("n = 36 AND (s = 's39' OR s IS NULL)", places) == [36]


def test_the_id_can_be_asked_for_and_a_property_of_that_name_comes_first() -> None:
    assert positions("id IN ('1', '2')", column("x", "y", "z")) == [1, 2]
    assert positions("id = 'y'", column("x", "y", name="id")) == [1]


def test_objects_cannot_be_asked_for() -> None:
    with pytest.raises(FilterError) as caught:
        positions("a = 1", column({"value": 1}, [{"value": 1}], None))
    assert caught.value.code == "filter-object-property"


def test_geometry_and_values_are_not_mistaken_for_one_another() -> None:
    with pytest.raises(FilterError) as caught:
        positions("geometry = 'x'", column(1))
    assert caught.value.code == "filter-geometry-misused"
    with pytest.raises(FilterError) as caught:
        positions("S_INTERSECTS(a, POINT(1 1))", column(1))
    assert caught.value.code == "filter-not-a-geometry"


def test_a_filter_can_be_asked_of_an_empty_collection_and_of_one_feature() -> None:
    text = "id IS NULL OR geometry IS NULL AND id LIKE '0' AND A_CONTAINS((id, 'x'), ('0'))"
    assert positions(text, collection("c", [])) == []
    assert positions(text, column("x")) == [0]


def test_an_unknown_property_is_found_though_an_earlier_condition_lets_nothing_through() -> None:
    with pytest.raises(FilterError):
        positions("false AND b = 1", column(1))


def test_values_given_as_parameters_must_all_be_there() -> None:
    places = collection(
        "c",
        [
            feature("x", None, floors=4, open=True, kind="school"),
            feature("y", None, floors="4", open="true", kind="school"),
            feature("z", None, floors=4, open=False, kind="school"),
        ],
    )
    chosen = filter_of_values({"kind": "school", "floors": "4", "open": "true"})
    assert chosen.properties == {"kind", "floors", "open"}
    assert chosen.mask(places).tolist() == [True, True, False]
    assert not filter_of_values({"kind": "scho%"}).mask(places).any()
    with pytest.raises(FilterError):
        filter_of_values({"unheard": "of"}).mask(places)
