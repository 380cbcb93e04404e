"""Folders of KML: every one is read, or offered by its path with a count and a sample."""

from pathlib import Path

import pytest

from tests.format_files import kml, placemark
from tests.opened_sources import Read, read
from zones.errors import SourceError

HEAD = '<kml xmlns="http://www.opengis.net/kml/2.2">'


def folder(name: str, *content: str, kind: str = "Folder") -> str:
    """Return a folder, without a name if that is empty."""
    told = f"<name>{name}</name>" if name else ""
    return f"<{kind}>{told}{''.join(content)}</{kind}>"


def whole(*content: str) -> bytes:
    """Return a KML of these roots."""
    return f"{HEAD}{''.join(content)}</kml>".encode()


def offered(found: Read) -> dict[str, tuple[object, tuple[str, ...]]]:
    """Return the layers in question, with their counts and samples."""
    assert found.question is not None
    assert found.question.code == "layer-needed"
    return {
        str(one.options["layer"]): (one.reasons[0].params["features"], one.samples)
        for one in found.question.candidates
    }


def names(found: Read) -> list[object]:
    """Return the names of the features that were read."""
    return [row["properties"]["name"] for row in found.rows]


A, B, C = placemark("甲一"), placemark("乙一"), placemark("丙一")


@pytest.mark.parametrize(
    ("content", "paths"),
    [
        (whole(folder("一", A), folder("二", B)), ["一", "二"]),
        (whole(folder("一", A, kind="Document"), folder("二", B, kind="Document")), ["一", "二"]),
        (whole(A, folder("二", B)), ["/", "二"]),
        (whole(folder("图", A, folder("夹", B), kind="Document")), ["图", "夹"]),
        (whole(folder("", A, folder("夹", B), kind="Document")), ["/", "夹"]),
        (whole(folder("夹", A, folder("夹", B), kind="Document")), ["/", "夹"]),
        (whole(folder("图", folder("内", A, kind="Document"), B, kind="Document")), ["内", "图"]),
        (kml(folder("甲", folder("片", A)), folder("乙", folder("片", B))), ["甲/片", "乙/片"]),
        (kml(folder("甲", A, folder("片", B))), ["甲", "甲/片"]),
        (kml(folder("片", A), folder("片", B)), ["片", "片(2)"]),
        (kml(folder("", A), folder(" ", B)), ["#1", "#2"]),
        (kml(folder("甲/片", A), folder("甲", folder("片", B))), ["甲/片", "甲/片(2)"]),
        (kml(f"<Folder>{A}<name>后</name></Folder>", folder("二", B)), ["后", "二"]),
        (kml(folder("空"), folder("一", A), folder("二", B)), ["一", "二"]),
    ],
)
def test_every_folder_with_placemarks_is_offered_by_a_path_of_its_own(
    tmp_path: Path, content: bytes, paths: list[str]
) -> None:
    assert set(offered(read(tmp_path, content, "kml"))) == set(paths)
    first, second = (read(tmp_path, content, "kml", layer=path) for path in paths)
    assert sorted(map(str, [*names(first), *names(second)])) == ["乙一", "甲一"]
    both = read(tmp_path, content, "kml", layer="*")
    assert sorted(map(str, names(both))) == ["乙一", "甲一"]


def test_folders_are_offered_with_counts_kinds_and_names(tmp_path: Path) -> None:
    line = "<Placemark><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark>"
    content = kml(folder("少", A), folder("多", B, C, line, placemark("丁"), placemark("戊")))
    found = read(tmp_path, content, "kml")
    assert offered(found) == {"多": (5, ("乙一", "丙一", "丁")), "少": (1, ("甲一",))}
    assert found.question is not None
    assert found.question.candidates[0].reasons[0].params["kind"] == "Point × 4, LineString × 1"


def test_of_several_folders_each_feature_keeps_which_it_lay_in(tmp_path: Path) -> None:
    content = kml(folder("甲", folder("片", A), B), folder("乙", folder("片", C)))
    found = read(tmp_path, content, "kml", layer=["乙/片", "甲/片"])
    assert [row["properties"] for row in found.rows] == [
        {"name": "甲一", "layer": "甲/片"},
        {"name": "丙一", "layer": "乙/片"},
    ]
    assert (found.findings.layer, found.findings.layers) == (
        "甲/片, 乙/片",
        ("甲", "甲/片", "乙/片"),
    )
    assert [row["source"] for row in found.rows] == [1, 2]


def test_a_folder_may_be_named_by_its_last_name_if_no_other_has_it(tmp_path: Path) -> None:
    content = kml(folder("甲", folder("片", A), folder("园", B)), folder("乙", folder("片", C)))
    assert names(read(tmp_path, content, "kml", layer="园")) == ["乙一"]
    with pytest.raises(SourceError) as caught:
        read(tmp_path, content, "kml", layer="片")
    assert caught.value.code == "layer-unknown"


def test_one_folder_however_deep_needs_no_question(tmp_path: Path) -> None:
    found = read(tmp_path, kml(folder("甲", folder("乙", A, B))), "kml")
    assert names(found) == ["甲一", "乙一"]
    assert found.findings.layer == "甲/乙"


def test_prefixes_of_names_make_no_difference(tmp_path: Path) -> None:
    content = whole(folder("一", A), folder("二", B)).decode()
    prefixed = content.replace("</", "</kml:").replace("<", "<kml:").replace("<kml:/kml:", "</kml:")
    prefixed = prefixed.replace("xmlns=", "xmlns:kml=")
    assert set(offered(read(tmp_path, prefixed.encode(), "kml"))) == {"一", "二"}
