"""GeoJSON texts with answers among the properties of their points."""

from typing import Any

import orjson
import pytest

from zones.crs.transform import CRS
from zones.errors import BulkError
from zones.lookup.bulk_locator import build_bulk_locator
from zones.snapshot.model import Snapshot
from zones.streams.answer_column_names import parse_columns
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.geojson_stream import GeoJSONStream

Properties = dict[str, Any]


@pytest.fixture(scope="module")
def task(seeded_snapshot: Snapshot) -> PointQuestion:
    locator = seeded_snapshot.derived(build_bulk_locator)
    return PointQuestion(locator, CRS.CRS84, parse_columns("zone_id,certain"))


def feature(coordinates: object, kind: str = "Point", **properties: object) -> Properties:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "id": 7, "properties": properties, "geometry": geometry}


IN_ZONE = feature([123.405, 41.786, 12.5], 名称='a "b" \\ {[', zone_id="mine")
HOSTILE = feature([116.39, 39.91], x='"features":[', y="]}\\", z={"features": [1, {}]})


def answered(task: PointQuestion, text: bytes, step: int = 11) -> bytes:
    stream = GeoJSONStream(task)
    pieces = [text[at : at + step] for at in range(0, len(text), step)]
    return b"".join([*(out for piece in pieces for out in stream.add(piece)), *stream.end()])


def collection(*features: Properties, **members: object) -> bytes:
    document = {"type": "FeatureCollection", **members, "features": features, "after": ["x"]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_answers_stand_among_the_properties_in_order(task: PointQuestion, step: int) -> None:
    text = collection(IN_ZONE, HOSTILE, name='"features": [', box={"features": [{}]})
    told = orjson.loads(answered(task, text, step))
    first, second = (each["properties"] for each in told["features"])
    assert first["zone_id"] == "mine"
    assert first["zone_id_2"].startswith("zone-")
    assert second == HOSTILE["properties"] | {
        "zone_id": None,
        "certain": True,
        "locate_fault": None,
    }
    assert told["features"][0]["geometry"] == IN_ZONE["geometry"]
    assert (told["name"], told["after"]) == ('"features": [', ["x"])
    assert told["summary"]["rows"] == 2


@pytest.mark.parametrize("mark", [b"", b"\x1e"])
def test_one_feature_a_line_is_answered_so(task: PointQuestion, mark: bytes) -> None:
    text = b"".join(mark + orjson.dumps(each) + b"\n" for each in (HOSTILE, IN_ZONE))
    told = answered(task, text)
    lines = [orjson.loads(line.removeprefix(mark)) for line in told.splitlines()]
    assert [line["properties"].get("zone_id_2", "")[:5] for line in lines] == ["", "zone-"]
    assert told.count(b"\x1e") == 2 * len(mark)


def test_what_is_no_point_is_told_in_its_place(task: PointQuestion) -> None:
    nowhere: Properties = {"type": "Feature", "properties": None, "geometry": None}
    line = feature([[1, 2], [3, 4]], "LineString")
    told = orjson.loads(answered(task, collection(line, nowhere, feature([41.7, 123.4]))))
    faults = [each["properties"]["locate_fault"].split(" ")[0] for each in told["features"]]
    assert faults == ["coordinate-not-of-point", "coordinate-missing", "coordinate-swapped"]


def test_a_collection_without_features_stays_one(task: PointQuestion) -> None:
    assert orjson.loads(answered(task, collection()))["features"] == []


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[1, 2]",
        b'{"type": "FeatureCollection", "features": [',
        collection(IN_ZONE)[:-9],
        b'{"type": "FeatureCollection", "features": [{"type": "Feature" "x": 1}]}',
        orjson.dumps(IN_ZONE)[:-1],
        b'{"features": [' + b"[" * 100,
    ],
)
def test_a_text_that_is_no_collection_is_refused(task: PointQuestion, text: bytes) -> None:
    with pytest.raises(BulkError) as fault:
        answered(task, text)
    assert fault.value.code == "bulk-geojson-invalid"


@pytest.mark.parametrize("number", ["1e400", "NaN", "01"])
def test_what_cannot_be_read_of_a_feature_is_shown_and_whose_it_is(
    task: PointQuestion, number: str
) -> None:
    feature = orjson.dumps({**IN_ZONE, "id": "甲", "properties": {"a": "N"}})
    with pytest.raises(BulkError) as fault:
        answered(
            task,
            b'{"type":"FeatureCollection","features":[%b]}'
            % feature.replace(b'"N"', number.encode()),
        )
    reason = str(fault.value.params["reason"])
    assert reason.startswith("“" + number)
    assert "甲" in reason


@pytest.mark.parametrize("step", [11, 100_000])
def test_a_member_that_is_named_twice_is_refused_with_its_feature(
    task: PointQuestion, step: int
) -> None:
    text = collection(feature([123.4, 41.7], note="a:b\u003a"), feature([123.4, 41.7], code=1))
    assert answered(task, text, step)
    with pytest.raises(BulkError) as refused:
        answered(task, text.replace(b'"code"', b'"code": 0, "code"'), step)
    assert refused.value.params == {"name": "code", "row": 2}


@pytest.mark.parametrize(
    ("coordinates", "fault"),
    [
        ([], "coordinate-missing"),
        (None, "coordinate-missing"),
        (["123.405", 41.786], "coordinate-unreadable"),
        ([True, False], "coordinate-unreadable"),
        ([123.405], "coordinate-unreadable"),
        ({"x": 1}, "coordinate-unreadable"),
    ],
    ids=str,
)
def test_a_position_that_is_none_is_told_as_what_it_is(
    task: PointQuestion, coordinates: object, fault: str
) -> None:
    (told,) = orjson.loads(answered(task, collection(feature(coordinates))))["features"]
    assert told["properties"]["locate_fault"].startswith(fault)
