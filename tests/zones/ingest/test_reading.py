import io
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import shapely

from tests.opened_sources import task_on
from tests.source_files import PRJ_4550, geojson, point, shapefile, squares, write, zipped
from zones.errors import SourceError, SourceLimitError
from zones.formats.supported_formats import recognise
from zones.ingest.read_in_sandbox import read_file
from zones.ingest.read_source import (
    Reading,
    ReadRequest,
    SourceFile,
    read_source,
    request_as_json,
    take_in,
)
from zones.ingest.wire_features import features_from
from zones.ingest.wire_frames import Frame, frames, written
from zones.model import JSON
from zones.sandbox.child_output import take_all
from zones.sandbox.limits import Limits
from zones.sandbox.run_child import ChildResult

FILE = SourceFile("x.geojson", "0" * 64, 1)


def sound_answer(folder: Path) -> dict[str, Any]:
    with task_on(folder, geojson(squares(2))) as task:
        return read_file(request_as_json(ReadRequest(), recognise("a.geojson")), task)


def row(**changes: Any) -> dict[str, Any]:
    """Return one feature as it travels, or with what should not be."""
    sound = {"source": 1, "fid": "a", "properties": {}, "wkb": shapely.Point(1, 2).wkb}
    return {**sound, **changes}


def sent(line: object, *, geometries: bytes = b"") -> bytes:
    """Return a line that tells of features, and their geometries."""
    return orjson.dumps(line) + b"\n" + geometries


def sent_rows(rows: list[dict[str, Any]]) -> bytes:
    """Return features as they travel, whatever is in them."""
    shapes = [each.pop("wkb") for each in rows]
    told: dict[str, list[Any]] = {name: [each[name] for each in rows] for name in rows[0]}
    told["sizes"] = [-1 if shape is None else len(shape) for shape in shapes]
    return sent(told, geometries=b"".join(shape or b"" for shape in shapes))


ONE = {"source": [1], "fid": ["a"], "properties": [{}], "sizes": [-1]}
"""A sound line of one feature without geometry."""


def taken_in(
    folder: Path, rows: list[Any], *, request: ReadRequest | None = None, **changes: Any
) -> Reading:
    content = sound_answer(folder)
    content["findings"]["features"] = len(rows)
    lines = rows[0] if isinstance(rows[0], bytes) else sent_rows(rows)
    kinds = (request or ReadRequest()).kinds
    limits = Limits(max_vertices_per_feature=10)
    features = features_from(io.BytesIO(lines), kinds=kinds, limits=limits)
    return take_in(ChildResult({**content, **changes}, features, "none"), FILE)


def test_a_sound_answer_is_taken_in(tmp_path: Path) -> None:
    reading = taken_in(tmp_path, [row(), row(source=2, fid=None, wkb=None)])
    assert [item.fid for item in reading.features] == ["a", None]
    assert reading.features[0].geometry == shapely.Point(1, 2)


@pytest.mark.parametrize(
    "lie",
    [
        b"no json\n",
        sent([1]),
        sent({**ONE, "more": [1]}),
        sent({**ONE, "source": 1}),
        sent({**ONE, "source": [1, 2]}),
        sent({**ONE, "sizes": [-2]}),
        sent({**ONE, "sizes": ["1"]}),
        sent({**ONE, "sizes": [True]}, geometries=b"\0"),
        sent({**ONE, "sizes": [22]}, geometries=shapely.Point(1, 2).wkb),
        sent({**ONE, "sizes": [2**62]}),
        sent(ONE, geometries=b"\0"),
        row(source="1"),
        row(fid=5),
        row(fid="a\nb"),
        row(fid="x" * 201),
        row(properties=[1]),
        row(properties={f"f{index}": 1 for index in range(251)}),
        row(wkb=b""),
        row(wkb=b"\0"),
        row(wkb=shapely.Point(1, 2, 3).wkb),
        row(wkb=shapely.Point(1, 91).wkb),
        row(wkb=shapely.Point().wkb),
        row(wkb=shapely.LineString([(0, index) for index in range(11)]).wkb),
    ],
)
def test_rows_that_could_not_be_stored_are_not_believed(tmp_path: Path, lie: object) -> None:
    with pytest.raises(SourceError) as caught:
        taken_in(tmp_path, [lie])
    assert caught.value.code == "source-unreadable"


def test_values_nested_deeper_than_a_store_can_write_are_not_believed(tmp_path: Path) -> None:
    deep: list[Any] = []
    for _ in range(40):
        deep = [deep]
    with pytest.raises(SourceError):
        taken_in(tmp_path, [row(properties={"a": deep})])


def test_what_travels_in_many_parts_arrives_whole() -> None:
    text = "长" * 100_000  # thirty of them are a line that is too long
    points = shapely.points(np.arange(1200), np.arange(1200) % 90)
    wkb = [None if at % 7 == 0 else shape.wkb for at, shape in enumerate(points)]
    wkb[800:820] = [bytes(2**20)] * 20  # as heavy as many vertices
    properties: list[dict[str, JSON]] = [{"a": text if at < 90 else at} for at in range(1200)]
    features = Frame(list(range(1200)), [None] * 1200, properties, wkb)
    pieces = list(written(features))
    assert max(map(len, pieces)) < 9 * 2**20
    arrived = list(frames(io.BytesIO(b"".join(pieces))))
    assert len(arrived) > 3
    for told, each in zip(features, zip(*arrived, strict=True), strict=True):
        assert [*chain.from_iterable(each)] == told


def test_more_than_may_be_written_is_not_taken() -> None:
    told = sent({**ONE, "sizes": [2000]}, geometries=bytes(2000))
    with pytest.raises(SourceLimitError):
        take_all(io.BytesIO(told), lambda rows: list(frames(rows)), most=1000)


def test_two_features_of_one_id_are_not_believed(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        taken_in(tmp_path, [row(), row(source=2)])


def test_kinds_that_were_not_asked_for_are_not_believed(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        taken_in(tmp_path, [row()], request=ReadRequest(kinds=frozenset({"polygon"})))


@pytest.mark.parametrize(
    "changes",
    [
        {"findings": {}},
        {"problems": [{"code": "x"}]},
        {"errors": -1},
        {"errors": "many"},
        {"problems": [{"code": "no-such", "params": {}, "severity": "error"}], "errors": 1},
    ],
)
def test_findings_and_problems_of_another_shape_are_not_believed(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(SourceError) as caught:
        taken_in(tmp_path, [row()], **changes)
    assert caught.value.code == "source-unreadable"


def test_errors_cannot_be_hidden_by_counting_none(tmp_path: Path) -> None:
    told = {
        "code": "geometry-empty",
        "params": {},
        "severity": "error",
        "feature": 1,
        "field": None,
        "lon": None,
        "lat": None,
    }
    with pytest.raises(SourceError):
        taken_in(tmp_path, [row()], problems=[told], errors=0)


@pytest.mark.slow
def test_a_file_is_read_in_the_child_and_described_by_its_checksum(tmp_path: Path) -> None:
    path = write(tmp_path, zipped(shapefile([point(533000.0, 4625000.0)], prj=PRJ_4550)))
    told: list[float] = []
    reading = read_source(
        path,
        file_name="宗地.ZIP",
        request=ReadRequest(),
        limits=Limits(),
        progress=told.append,
    )
    assert (reading.file.name, reading.file.size) == ("宗地.ZIP", path.stat().st_size)
    assert len(reading.file.sha256) == 64
    assert (reading.findings.format, reading.findings.crs.key) == ("shapefile", "EPSG:4550")
    assert reading.features[0].geometry.x == pytest.approx(123.40, abs=0.01)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.shp", "shapefile-in-parts"),
        ("a.rar", "other-archive"),
        ("a.docx", "format-unknown"),
        ("a", "format-unknown"),
    ],
)
def test_other_suffixes_are_refused_with_what_to_do(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_source(write(tmp_path, b"x"), file_name=name, request=ReadRequest(), limits=Limits())
    assert caught.value.code == code


def test_what_is_no_ordinary_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing", Path("/dev/null")):
        with pytest.raises(SourceError) as caught:
            read_source(path, file_name="a.json", request=ReadRequest(), limits=Limits())
        assert caught.value.code == "source-unopenable"
