from pathlib import Path

import orjson
import pytest

from tests.opened_sources import read
from tests.source_files import feature, point, squares
from zones.errors import SourceError


def lines(*parts: object, between: bytes = b"\n") -> bytes:
    return between.join(part if isinstance(part, bytes) else orjson.dumps(part) for part in parts)


def fault(folder: Path, content: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(folder, content, "geojsonseq")
    return caught.value


@pytest.mark.parametrize("between", [b"\n", b"\r\n", b"\n\n", b"\n\x1e"])
def test_each_line_is_a_feature_however_lines_are_set_apart(tmp_path: Path, between: bytes) -> None:
    found = read(tmp_path, lines(*squares(3), between=between), "geojsonseq")
    assert [row["fid"] for row in found.rows] == ["a0", "a1", "a2"]
    assert [row["properties"]["name"] for row in found.rows] == ["地块0", "地块1", "地块2"]
    assert (found.findings.crs.key, found.findings.crs.basis) == ("CRS84", "format")


def test_a_byte_order_mark_and_a_line_without_end_do_not_matter(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + lines(*squares(2)) + b"\n  \n"
    assert len(read(tmp_path, content, "geojsonseq").rows) == 2


def test_features_are_numbered_across_batches(tmp_path: Path) -> None:
    many = [feature(point(123.4, 41.7), n=n) for n in range(4500)]
    found = read(tmp_path, lines(*many), "geojsonseq")
    assert [row["source"] for row in found.rows] == list(range(1, 4501))
    assert found.rows[-1]["properties"] == {"n": 4499}


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    caught = fault(tmp_path, lines(*squares(2), b'{"type": "Feature", "geometry": nul}'))
    assert (caught.code, caught.params["line"]) == ("json-invalid", 3)


def test_a_line_that_is_no_feature_is_a_problem_of_that_feature(tmp_path: Path) -> None:
    found = read(tmp_path, lines(*squares(1), point(1, 2)), "geojsonseq")
    assert [(p.code, p.feature) for p in found.problems] == [("feature-not-geojson", 2)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"a":' * 40 + b"1" + b"}" * 40, "json-too-deep"),
        (b'{"type": "Feature"', "json-truncated"),
        (b'{"type": "Feature", "id": ' + b"9" * 40 + b"}", "json-long-number"),
        ("﻿{}".encode("utf-16"), "json-not-utf8"),
    ],
)
def test_what_strict_json_forbids_is_refused_here_too(
    tmp_path: Path, content: bytes, code: str
) -> None:
    assert fault(tmp_path, content).code == code


def test_a_system_that_every_line_names_is_honoured(tmp_path: Path) -> None:
    crs = {"type": "EPSG", "properties": {"code": 4550}}
    metres = feature({**point(533000.0, 4625000.0), "crs": crs})
    found = read(tmp_path, lines(metres, metres), "geojsonseq")
    assert (found.findings.crs.key, found.findings.crs.basis) == ("EPSG:4550", "file")
    assert fault(tmp_path, lines(metres, *squares(1))).loc == ("feature", 2)
