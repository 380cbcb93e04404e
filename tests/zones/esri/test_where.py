"""``where`` finds what the same filter in CQL2 finds."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.zones.fes.test_filter_to_cql2 import parcels
from zones.cql2 import parse_filter
from zones.errors import ZonesError
from zones.esri.field_types import EsriFields
from zones.esri.where import where_document
from zones.snapshot.collection import Collection
from zones.snapshot.object_ids import HIGHEST, object_ids


@pytest.fixture(scope="module")
def collection() -> Collection:
    return parcels()


def found(collection: Collection, where: str) -> str:
    """Return the numbers of the parcels that a clause lets through."""
    document = where_document(where, collection.derived(EsriFields))
    if document is None:
        return "0123"
    mask = parse_filter(json.dumps(document), lang="cql2-json").mask(collection)
    return "".join(str(i) for i, yes in enumerate(mask) if yes)


@pytest.mark.parametrize(
    ("where", "cql2"),
    [
        ("code = 210102001001000017", "code = 210102001001000017"),
        ("code = '210102001001000018'", "code = 210102001001000018"),
        ("code <> 210102001001000017", "code <> 210102001001000017"),
        ("code != 210102001001000017", "code <> 210102001001000017"),
        ('"面积 (m2)" > 12.5', '"面积 (m2)" > 12.5'),
        ("[面积 (m2)] BETWEEN 12 AND 13", '"面积 (m2)" BETWEEN 12 AND 13'),
        ("name LIKE '甲%'", "name LIKE '甲%'"),
        ("NAME LIKE '甲!_%' ESCAPE '!'", r"name LIKE '甲\_%'"),
        ("name NOT LIKE 'yi%'", "NOT name LIKE 'yi%'"),
        ("UPPER(name) LIKE 'YI%'", "CASEI(name) LIKE CASEI('yi%')"),
        ("LOWER(name) = 'yi*'", "CASEI(name) = CASEI('yi*')"),
        ("UPPER(name) IN ('YI*', 'B')", "CASEI(name) = CASEI('yi*')"),
        ("name IN ('Yi*', 'yi?')", "name IN ('Yi*', 'yi?')"),
        ("name NOT IN ('Yi*', 'yi?')", "NOT name IN ('Yi*', 'yi?')"),
        ("note IS NULL", "note IS NULL"),
        ("note IS NOT NULL", "note IS NOT NULL"),
        ("built = DATE '2023-01-12'", "built = DATE('2023-01-12')"),
        ("built >= TIMESTAMP '2023-06-01 00:00:00'", "built >= TIMESTAMP('2023-06-01T00:00:00Z')"),
        ("built < 1700000000000", "built < TIMESTAMP('2023-11-14T22:13:20Z')"),
        ("open = 1", "open = true"),
        ("open = 0 OR name = 'Yi*' AND code > 0", "open = false OR (name = 'Yi*' AND code > 0)"),
        ("(open = 0 OR name = 'Yi*') AND NOT (code = -1)", "open = false OR name = 'Yi*'"),
        ("parcels.code = 210102001001000018", "code = 210102001001000018"),
    ],
)
def test_a_clause_finds_what_that_of_cql2_finds(
    collection: Collection, where: str, cql2: str
) -> None:
    mask = parse_filter(cql2).mask(collection)
    expected = "".join(str(i) for i, yes in enumerate(mask) if yes)
    assert found(collection, where) == expected
    assert expected not in {"", "0123"}


def test_everything_may_be_asked_for(collection: Collection) -> None:
    assert found(collection, "1=1") == found(collection, "") == found(collection, "1 = 1") == "0123"
    assert found(collection, "1=1 AND code = 210102001001000018") == "1"
    assert found(collection, "1=0") == ""


def test_object_ids_are_whole_numbers_that_stay(collection: Collection) -> None:
    numbers = collection.derived(object_ids)
    assert found(collection, f"OBJECTID = {numbers[2]}") == "2"
    later = collection.with_delta(remove=["p 0"], revision=2)
    assert later.derived(object_ids).tolist() == numbers[1:].tolist()
    assert len(set(numbers.tolist())) == 4
    assert 1 <= numbers.min() <= numbers.max() <= HIGHEST


@pytest.mark.parametrize(
    "where",
    [
        "code =", "= 1", "code 1", "(code = 1", "code = 1)", "none = 1", "code = 1; DROP TABLE x",
        "code IN ()", "name LIKE 1", "built = DATE 5", "EXISTS (SELECT 1)", "code = 1 --", "'",
        "name = \"x", "(" * 200 + "code = 1", "code BETWEEN 1", "CURRENT_DATE > built", "NOT",
        "UPPER(name) LIKE 'yi%'", "LOWER(name) = 'YI'", "UPPER(name) IN ('a')", "UPPER(name) < 'B'",
        "UPPER(name) BETWEEN 'A' AND 'B'",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(collection: Collection, where: str) -> None:
    with pytest.raises(ZonesError) as refused:
        found(collection, where)
    assert refused.value.text("zh").hint


WORDS = (
    *("code", "name", "built", "=", "<>", "<", "LIKE", "IN", "BETWEEN", "AND", "OR", "NOT"),
    *("(", ")", ",", "'a'", "5", "-1", "IS", "NULL", "DATE", "1=1"),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_any_words_are_a_clause_or_refused(words: list[str]) -> None:
    with suppress(ZonesError):
        assert set(found(parcels(), " ".join(words))) <= set("0123")
