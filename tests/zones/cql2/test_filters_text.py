"""CQL2 text means what the cql2 package says, and its names, quotes and faults are people's."""

from typing import Any

import cql2
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.filter_strategies import FILTERS
from tests.toy import collection, feature
from zones.cql2 import Language, parse_filter
from zones.cql2.parse_text import text_document
from zones.errors import CoordinateError, FilterError

PLACES = collection(
    "places",
    [
        feature(
            "a",
            None,
            名称="和平广场",
            面积=12.5,
            **{"面积（公顷）": 3, "1层": 4, "a b": 5, "or": 6},
        ),
        feature(
            "b", None, 名称="it's", 面积=-2, **{"面积（公顷）": 1, "1层": 0, "a b": 0, "or": 0}
        ),
    ],
)


def ids(text: str, **options: Any) -> list[str]:
    """Return which features of PLACES a filter finds."""
    found = parse_filter(text, **options).mask(PLACES)
    return [fid for fid, is_found in zip(PLACES.fids, found, strict=True) if is_found]


def alike(document: Any) -> Any:
    """Return a document with operators in one case and numbers of one type, for comparison."""
    if isinstance(document, dict) and "op" in document:
        return {"op": document["op"].lower(), "args": alike(document["args"])}
    if isinstance(document, dict):
        return {key: alike(value) for key, value in document.items()}
    if isinstance(document, list):
        return [alike(each) for each in document]
    is_number = isinstance(document, int) and not isinstance(document, bool)
    return float(document) if is_number else document


@examples(300)
@given(FILTERS)
def test_text_is_taken_apart_as_the_native_parser_does(document: Any) -> None:
    text = cql2.Expr(document).to_text()
    assert alike(text_document(text)) == alike(cql2.parse_text(text).to_json())


@pytest.mark.parametrize(
    "text",
    [
        "a = 1 OR b = 2 AND NOT c = 3",
        "NOT a BETWEEN 0 AND 2 AND b = 1",
        "b NOT BETWEEN 1+1 AND 2*3 OR c NOT IN (1, 2) AND d NOT LIKE 'x%'",
        "a - b - c * 2 ^ 3 ^ 2 / d = -1",
        "-a + b % 2 div 3 > - 1.5e3",
        "a IS NOT NULL AND (b IS NULL OR ((c)))",
        "CASEI(a) IN (CASEI('x'), 'y') AND ACCENTI(CASEI(b)) LIKE ACCENTI('é%')",
        "A_CONTAINS(l, ('x', 'y')) AND T_AFTER(t, INTERVAL('..', DATE('2020-01-01')))",
        "S_INTERSECTS(geometry, BBOX(0,1,2,3)) OR S_WITHIN(geometry, POINT(1 2))",
        "notes = 1 AND order_no = 2 AND island = 3 AND point = 4 AND date = 5",
        "true AND (false OR a = NULL)",
    ],
)
def test_precedence_is_that_of_the_native_parser(text: str) -> None:
    assert alike(text_document(text)) == alike(cql2.parse_text(text).to_json())


@pytest.mark.parametrize(
    "text",
    [
        "名称 = '和平广场'",
        "名称 LIKE '%广场' AND 面积 > 10",
        "面积（公顷） > 2",
        '"面积（公顷）" > 2',
        '"1层" = 4',
        '"a b" = 5',
        '"or" = 6',
        "面积=12.5",
        "面积 = +12.5 and not 面积 < .5",
        "\t名称\nIN\n( '和平广场' )",
    ],
)
def test_names_of_any_script_need_no_quotes_and_others_take_double_ones(text: str) -> None:
    assert ids(text) == ["a"]


@pytest.mark.parametrize("text", ["名称 = 'it''s'", r"名称 = 'it\'s'", "名称 LIKE '%''s'"])
def test_a_quote_in_a_text_is_written_twice_or_after_a_backslash(text: str) -> None:
    assert ids(text) == ["b"]


def test_a_property_named_like_a_keyword_or_function_is_found_where_one_cannot_be() -> None:
    places = collection("c", [feature("x", None, date="2020-01-01", point=1, like_=2, notes=3)])
    text = "date = '2020-01-01' AND point = 1 AND like_ = 2 AND notes = 3"
    assert parse_filter(text).mask(places).all()


def test_ilike_is_for_cql_text_alone() -> None:
    places = collection("c", [feature("x", None, s="Straße"), feature("y", None, s="Weg")])
    found = parse_filter("s ILIKE 'STRASS_'", lang="cql-text").mask(places)
    assert found.tolist() == [True, False]
    negated = parse_filter("s NOT ILIKE 'STRASS_'", lang="cql-text").mask(places)
    assert negated.tolist() == [False, True]
    with pytest.raises(FilterError):
        parse_filter("s ILIKE 'STRASS_'")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "filter-empty"),
        (" \n", "filter-empty"),
        ("名称 =", "filter-syntax"),
        ("名称 '和平广场'", "filter-syntax"),
        ("名称 = and", "filter-syntax"),
        ("名称 = 'x', 面积 = 2", "filter-syntax"),
        ("面积 IS - NULL", "filter-syntax"),
        ("名称 IN ()", "filter-syntax"),
        ("(面积 = 1", "filter-parentheses"),
        ("面积 = 1)", "filter-parentheses"),
        ("名称 = ‘和平广场’", "filter-quotes"),
        ("名称 = '和平广场", "filter-quotes"),
        ("名称 = 1; DROP", "filter-character"),
        ("1层 = 4", "filter-name-digit"),
        ("面积 = 1e999", "filter-number"),
        ("1 < 面积 < 3", "filter-chained"),
        ("buffer(面积) = 1", "filter-unknown-function"),
        ("CASEI(名称, 'x') = 'x'", "filter-arguments"),
        ("BBOX(1,2,3) = 1", "filter-arguments"),
        ("面积 AND 5", "filter-needs-truth"),
        ("面积 + 'x' = 1", "filter-needs-number"),
        ("名称 LIKE 面积", "filter-needs-pattern"),
        ("名称 IN 'x'", "filter-needs-list"),
        ("名称 IN 面积", "filter-needs-values"),
        ("面积 = ('a', 'b')", "filter-needs-scalar"),
        ("CASEI(5) = 'x'", "filter-needs-text"),
        ("S_INTERSECTS(geometry, 5)", "filter-needs-shape"),
        ("T_AFTER(名称, 5)", "filter-needs-time"),
        ("T_AFTER(名称, DATE('2021-02-30'))", "filter-instant"),
        ("T_AFTER(名称, TIMESTAMP('2021-02-03'))", "filter-instant"),
        ("T_AFTER(名称, INTERVAL('2021', '..'))", "filter-interval"),
        ("S_INTERSECTS(geometry, POINT(1))", "filter-geometry"),
        ("S_INTERSECTS(geometry, POINT EMPTY)", "filter-geometry"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1)))", "filter-geometry"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "filter-geometry"),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 0, 1))", "filter-bbox"),
    ],
)
def test_a_fault_is_named_and_explained_in_both_languages(text: str, code: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert caught.value.code == code
    assert caught.value.loc == ("query", "filter")
    assert str(caught.value.text("zh"))
    assert str(caught.value.text("en"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"op":"buffer","args":[1]}', "filter-unknown-operator"),
        ('{"op":5,"args":[1]}', "filter-unknown-operator"),
        ('{"op":"not","args":true}', "filter-unknown-operator"),
        ('{"op":"and","args":[true]}', "filter-arguments"),
        ('{"op":"=","args":[1]}', "filter-arguments"),
        ('{"op":"=","args":[{"property":5},1]}', "filter-document"),
        ('{"op":"=","args":[{"name":"a"},1]}', "filter-document"),
        ('{"op":"=","args":[[1],1]}', "filter-needs-scalar"),
        ('{"op":"in","args":[1,{"date":"2020-01-01"}]}', "filter-needs-list"),
        ('{"op":"t_after","args":[{"interval":5},{"property":"a"}]}', "filter-interval"),
        ('{"op":"t_after","args":[{"interval":["..",5]},{"property":"a"}]}', "filter-interval"),
        ('{"op":"isNull","args":[{"type":"Point"}]}', "filter-geometry"),
        ('{"op":"isNull","args":[{"type":["Point"],"coordinates":[1,2]}]}', "filter-geometry"),
        ('{"op":"isNull","args":[{"type":"Point","coordinates":[1,"2"]}]}', "filter-geometry"),
        ('{"op":"isNull","args":[{"type":"Point","coordinates":[[1,2]]}]}', "filter-geometry"),
        ('{"op":"isNull","args":[{"type":"LineString","coordinates":[[1,2]]}]}', "filter-geometry"),
        ('{"op":"isNull","args":[{"bbox":[1,2,true,4]}]}', "filter-bbox"),
        ('{"op":"isNull","args":[{"bbox":5}]}', "filter-bbox"),
        ("5", "filter-needs-truth"),
        ("[true]", "filter-needs-truth"),
        ('"true"', "filter-needs-truth"),
    ],
)
def test_a_malformed_document_is_named_too(text: str, code: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text, lang="cql2-json")
    assert caught.value.code == code


def test_geometries_lists_and_intervals_are_never_null() -> None:
    for text in ("POINT(1 1) IS NULL", "(1, 2) IS NULL", "INTERVAL('..', '..') IS NULL"):
        assert ids(text) == []
        assert ids(f"NOT {text}") == ["a", "b"]


def test_a_fault_shows_the_place_where_the_filter_breaks() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter("名称 LIKE '%场' AND (面积 > 3 面积 < 9)")
    assert caught.value.params["near"] == "面积 < 9)"


def test_an_unknown_property_is_answered_with_those_there_are() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter("面 = 1").mask(PLACES)
    assert caught.value.code == "filter-unknown-property"
    assert "名称, 面积, 面积（公顷）, 1层" in str(caught.value.text("zh"))


@examples(500)
@given(st.text("ab1.'\"(),=<>-+*/%^ 名‘INOT\\"))
def test_no_text_is_answered_with_anything_but_a_filter_or_its_fault(text: str) -> None:
    assert is_filter_or_fault(text, "cql2-text")


@pytest.mark.slow
@examples(500)
@given(st.data())
def test_no_json_is_answered_with_anything_but_a_filter_or_its_fault(data: st.DataObject) -> None:
    text = list(orjson.dumps(data.draw(FILTERS)).decode())
    for _ in range(3):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.sampled_from('{}[]",:0a'))
    assert is_filter_or_fault("".join(text), "cql2-json")


def is_filter_or_fault(text: str, lang: Language) -> bool:
    """Return whether the text is a filter, or a fault that can be told; whatever else is raised."""
    try:
        return bool(parse_filter(text, lang=lang))
    except (FilterError, CoordinateError) as fault:
        return bool(str(fault.text()))
