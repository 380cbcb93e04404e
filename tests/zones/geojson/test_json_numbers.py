"""Numbers of JSON texts are kept to the digit, or told where neither integer nor double is it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.opened_sources import read
from zones.crs.transform import CRS
from zones.geojson.lossy_numbers import exact_members, has_long_number
from zones.lookup.bulk_locator import build_bulk_locator
from zones.snapshot.model import Snapshot
from zones.streams.answer_column_names import parse_columns
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.geojson_stream import GeoJSONStream

DIGITS = st.text("0123456789", min_size=1, max_size=25)
WRITTEN = st.builds(
    lambda sign, whole, rest: f"{sign}{whole.lstrip('0') or '0'}{rest}",
    st.sampled_from(["", "-"]),
    DIGITS,
    st.just("") | DIGITS.map(lambda digits: f".{digits}"),
)


def feature(members: str, point: str = "[123.405,41.785]") -> str:
    """Return the text of a feature whose properties are written so."""
    geometry = f'{{"type":"Point","coordinates":{point}}}'
    return f'{{"type":"Feature","properties":{{{members}}},"geometry":{geometry}}}'


def one(members: str, point: str = "[123.405,41.785]") -> bytes:
    """Return the text of a list of one such feature."""
    return f"[{feature(members, point)}]".encode()


def collection(*features: str) -> bytes:
    """Return the text of a collection of features."""
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()


@examples(500)
@given(WRITTEN)
def test_every_number_is_kept_or_told(written: str) -> None:
    text = one('"n": ' + written)
    features = orjson.loads(text)
    bent = exact_members(text, features)
    kept = features[0]["properties"]["n"]
    if not bent:
        shown = kept if isinstance(kept, int) else repr(kept)
        near = Decimal(shown) == Decimal(written)
        digits = len(Decimal(written).as_tuple().digits)
        assert near or Decimal(f"{kept:.{digits - 1}e}") == Decimal(written)
    elif "." in written:
        assert (bent[0].written, bent[0].stored, kept) == (written, float(written), float(written))
    else:
        assert (bent[0].stored, kept) == (written, written)
        assert not -(2**63) <= int(written) < 2**64


@pytest.mark.parametrize("number", [2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, -(2**63)])
def test_integers_of_64_bits_are_kept_with_and_without_a_point(number: int) -> None:
    text = one(f'"a": {number}, "b": {number}.0')
    features = orjson.loads(text)
    assert exact_members(text, features) == []
    assert features[0]["properties"] == {"a": number, "b": number}


@examples(200)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_is_kept_however_many_digits_it_is_written_with(number: float) -> None:
    for written in (repr(number), f"{number:.17g}", f"{number:.25e}"):
        assert not has_long_number(feature(f'"n": {written}').encode())


def test_coordinates_and_texts_are_no_properties() -> None:
    point = "[123.40500000000000000001,41.78500000000000000001]"
    assert not has_long_number(feature('"n": 1', point).encode())
    text = one('"n": "x: 99999999999999999999"', point)
    assert exact_members(text, orjson.loads(text)) == []


@pytest.mark.parametrize("name", ["geojson", "geojsonseq"])
def test_an_import_keeps_integers_from_2_64_as_text_and_says_so(tmp_path: Path, name: str) -> None:
    rows = [feature(f'"n": {2**64 - 1}'), feature(f'"n": {2**64}'), feature('"n": -1e30')]
    text = collection(*rows) if name == "geojson" else "\n".join(rows).encode()
    found = read(tmp_path, text, name)
    assert [row["properties"]["n"] for row in found.rows] == [2**64 - 1, str(2**64), -1e30]
    (told,) = (each for each in found.problems if each.code == "numbers-as-text")
    assert (told.feature, told.field, told.params["count"]) == (2, "n", 1)


def test_an_import_tells_of_digits_that_a_double_drops(tmp_path: Path) -> None:
    first = feature('"share": 0.33333333333333333333, "code": 123456789012345678.0')
    found = read(
        tmp_path, collection(first, feature('"share": [0.12345678901234567890]')), "geojson"
    )
    assert found.rows[0]["properties"] == {"share": 1 / 3, "code": 123456789012345678}
    (told,) = (each for each in found.problems if each.code == "numbers-rounded")
    assert (told.feature, told.field, told.params["count"]) == (1, "share", 2)
    assert told.params["first"] == "0.33333333333333333333"


def test_an_identifier_from_2_64_keeps_its_digits(tmp_path: Path) -> None:
    text = feature('"n": 1').replace('"properties"', f'"id":{2**64 + 1},"properties"')
    assert read(tmp_path, collection(text), "geojson").rows[0]["fid"] == str(2**64 + 1)


def test_answers_for_many_points_repeat_numbers_as_written(seeded_snapshot: Snapshot) -> None:
    locator = seeded_snapshot.derived(build_bulk_locator)
    stream = GeoJSONStream(PointQuestion(locator, CRS.CRS84, parse_columns("zone_id,certain")))
    numbers = '"n": 123456789012345678901234567890, "d": 0.12345678901234567890123, "e": [1e5]'
    text = collection(feature('"n": 1'), feature(numbers))
    out = b"".join([*stream.add(text), *stream.end()])
    properties: dict[str, Any] = orjson.loads(out)["features"][1]["properties"]
    assert properties["zone_id"] is not None
    assert b'"n":123456789012345678901234567890,"d":0.12345678901234567890123,"e":[100000.0]' in out


@pytest.mark.parametrize(
    ("written", "kept"),
    [("1e-400", False), ("1.2345678e-320", False), ("1e-300", True), ("0e-999", True)],
)
def test_a_number_nearer_to_zero_than_a_double_can_be_is_found(written: str, kept: bool) -> None:
    assert has_long_number(f'{{"properties":{{"a":{written}}}}}'.encode()) is not kept
    assert has_long_number(f'{{"properties":{{"a":[1,{written}]}}}}'.encode()) is not kept
