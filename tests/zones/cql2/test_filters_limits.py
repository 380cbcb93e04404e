"""A hostile filter is a fault with a reason: it neither hangs nor ends the process."""

import subprocess
import sys

import orjson
import pytest

from tests.paths import ROOT
from tests.toy import collection, feature
from zones.cql2 import Language, parse_filter
from zones.errors import FilterError, FilterTimeoutError


def nested(levels: int, inside: str = "a = 1") -> str:
    """Return a condition in so many parentheses."""
    return "(" * levels + inside + ")" * levels


def nested_json(levels: int) -> str:
    """Return NOT NOT ... in CQL2 JSON."""
    return '{"op":"not","args":[' * levels + "true" + "]}" * levels


def in_list(count: int) -> str:
    """Return a condition with so many values."""
    return f"a IN ({', '.join(map(str, range(count)))})"


HOSTILE: dict[str, tuple[str, Language, str]] = {
    "2000 parentheses in 4 kB": (nested(2000), "cql2-text", "filter-too-deep"),
    "4000 opening parentheses": ("(" * 4000, "cql2-text", "filter-too-deep"),
    "33 parentheses": (nested(33), "cql2-text", "filter-too-deep"),
    "30 parentheses around a mistake": (nested(30, "a b"), "cql2-text", "filter-syntax"),
    "30 lists in lists": (
        "a IN " + "(" * 30 + "1" + ", 2)" * 30,
        "cql2-text",
        "filter-needs-scalar",
    ),
    "2000 NOT": ("NOT " * 2000 + "a", "cql2-text", "filter-too-deep"),
    "4000 minus signs": ("a = " + "-" * 4000 + "1", "cql2-text", "filter-too-deep"),
    "2000 additions": ("a = 1" + "+1" * 2000, "cql2-text", "filter-too-deep"),
    "1000 comparisons in a chain": ("a" + "=a" * 1000, "cql2-text", "filter-too-deep"),
    "300 functions in one another": (
        "CASEI(" * 300 + "a" + ")" * 300 + " = 'x'",
        "cql2-text",
        "filter-too-deep",
    ),
    "2000 parentheses in WKT": (
        "S_INTERSECTS(geometry, POLYGON" + nested(2000, "0 0") + ")",
        "cql2-text",
        "filter-geometry",
    ),
    "1200 conditions": (" OR ".join(["a"] * 1200), "cql2-text", "filter-too-many-terms"),
    "201 terms": (" OR ".join(["a = 1"] * 201), "cql2-text", "filter-too-many-terms"),
    "1001 values": (in_list(1001), "cql2-text", "filter-too-many-values"),
    "11 wildcards": (f"a LIKE '{'%a' * 11}'", "cql2-text", "filter-too-many-wildcards"),
    "9 kB": (f"a = '{'x' * 9000}'", "cql2-text", "filter-too-long"),
    "8 kB of Chinese": (f"a = '{'和' * 2731}'", "cql2-text", "filter-too-long"),
    "JSON 2000 deep": (nested_json(150), "cql2-json", "filter-too-deep"),
    "4000 brackets": ("[" * 4000, "cql2-json", "filter-too-deep"),
    "JSON 34 deep": (nested_json(34), "cql2-json", "filter-too-deep"),
    "no JSON": ("a = 1", "cql2-json", "filter-json"),
    "NaN": ('{"op":"=","args":[NaN,1]}', "cql2-json", "filter-json"),
    "digits without end": ("a = " + "9" * 5000, "cql2-text", "filter-number"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_filter_is_refused_with_its_reason(name: str) -> None:
    text, lang, code = HOSTILE[name]
    with pytest.raises(FilterError) as caught:
        parse_filter(text, lang=lang)
    assert caught.value.code == code


def test_no_hostile_filter_ends_the_process_or_holds_it_up() -> None:
    program = """
import sys, orjson
from zones.errors import FilterError
from zones.cql2 import parse_filter
for text, lang, code in orjson.loads(sys.stdin.buffer.read()):
    try:
        parse_filter(text, lang=lang)
    except FilterError as fault:
        print(fault.code)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        input=orjson.dumps(list(HOSTILE.values())),
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert ran.stdout.decode().split() == [code for _, _, code in HOSTILE.values()]


def test_what_just_keeps_the_limits_is_taken() -> None:
    places = collection("c", [feature("x", None, a=1), feature("y", None, a=2)])
    for text in (
        nested(32),
        in_list(1000).replace("0, ", "", 1) + " AND a < 2",
        " OR ".join(["a = 1"] * 200),
        "NOT " * 30 + "a = 1",
        "a = 1" + "+0" * 30,
    ):
        assert parse_filter(text).mask(places).tolist() == [True, False]
    assert parse_filter(nested_json(32), lang="cql2-json").mask(places).all()


def test_a_chain_of_and_is_one_level_however_a_program_nests_it() -> None:
    document: object = {"op": "=", "args": [{"property": "a"}, 1]}
    for _ in range(30):
        document = {"op": "and", "args": [document, {"op": "not", "args": [False]}]}
    places = collection("c", [feature("x", None, a=1), feature("y", None, a=2)])
    found = parse_filter(orjson.dumps(document).decode(), lang="cql2-json").mask(places)
    assert found.tolist() == [True, False]


def test_a_pattern_takes_no_longer_for_texts_that_almost_match() -> None:
    places = collection("c", [feature(str(n), None, a="a" * 20_000) for n in range(20)])
    # A matcher that tries all ways to share out the text would need more than the age of the earth.
    assert not parse_filter(f"a LIKE '{'%a_' * 5}b'").mask(places, seconds=20).any()
    assert not parse_filter(f"a LIKE '{'%aa' * 9}%b'").mask(places, seconds=20).any()


def test_a_filter_that_takes_too_long_is_given_up() -> None:
    places = collection("c", [feature("x", None, a=1)])
    with pytest.raises(FilterTimeoutError):
        parse_filter("a = 1 AND a = 1").mask(places, seconds=-1)


def test_a_geometry_with_too_many_vertices_is_refused() -> None:
    points = [[0, 0]] * 1001
    shape = {"type": "MultiPoint", "coordinates": points}
    document = {"op": "s_intersects", "args": [{"property": "geometry"}, shape]}
    with pytest.raises(FilterError) as caught:
        parse_filter(orjson.dumps(document).decode(), lang="cql2-json")
    assert caught.value.code == "filter-too-many-vertices"
