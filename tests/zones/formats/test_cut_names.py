"""Field names that programs cut at ten bytes, written by GDAL itself and by hand."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely

from tests.opened_sources import Read, read
from tests.source_files import PRJ_4490, polygon, shapefile, square, zip_of, zipped

CODECS = {"UTF-8": "utf-8", "GBK": "gbk"}
LDIDS = (0x00, 0x78)


def by_gdal(
    folder: Path, names: Sequence[str], encoding: str, *, ldid: int, cpg: bool
) -> dict[str, bytes]:
    """Return the parts of a shapefile of one point, with these names and a text in each field."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that names are cut
        pyogrio.raw.write(
            folder / "a.shp",
            shapely.to_wkb([shapely.Point(123.4, 41.78)]),
            [np.array([f"值{number}"], dtype=object) for number in range(len(names))],
            list(names),
            geometry_type="Point",
            driver="ESRI Shapefile",
            encoding=encoding,
        )
    parts = {path.name: path.read_bytes() for path in folder.glob("a.*")}
    parts["a.dbf"] = parts["a.dbf"][:29] + bytes([ldid]) + parts["a.dbf"][30:]
    parts["a.prj"] = PRJ_4490.encode()
    return parts if cpg else {name: part for name, part in parts.items() if name != "a.cpg"}


def as_cut(names: Sequence[str], codec: str) -> tuple[list[str], int]:
    """Return the names as GDAL means them, and how many it cut within a character.

    Those that are alike without the half character get the number of their column.
    """
    met: list[bytes] = []
    whole, broken = [], 0
    for name in names:
        written = name.encode(codec)[:10]
        if (count := met.count(written)) == 0:
            stem, number = written, ""
        else:
            stem, number = written[:8], f"_{count}" if count < 10 else str(count)
        read = stem.decode(codec, "ignore")
        broken += read.encode(codec) != stem
        met.append(written)
        mended = read + number
        whole.append(mended if mended not in whole else f"{mended}_{len(whole) + 1}")
    return whole, broken


def names_of(found: Read) -> list[str]:
    return list(found.rows[0]["properties"])


PLANS = {
    "few": ["用地性质代码", "用地性质名称"],
    "a plan": ["地块编号", "用地性质代码", "用地性质名称", "用地面积", "容积率上限", "备注"],
    "many": [f"规划用地性质{number}" for number in range(13)],
}


@pytest.mark.parametrize("ldid", LDIDS)
@pytest.mark.parametrize("cpg", [True, False], ids=["cpg", "no cpg"])
@pytest.mark.parametrize("encoding", CODECS)
@pytest.mark.parametrize("before", ["", "a", "ab"])
@pytest.mark.parametrize("plan", PLANS)
def test_names_that_gdal_cut_within_a_character_are_mended(
    plan: str, before: str, encoding: str, cpg: bool, ldid: int, tmp_path: Path
) -> None:
    names = [before + name for name in PLANS[plan]]
    wanted, broken = as_cut(names, CODECS[encoding])
    parts = by_gdal(tmp_path, names, encoding, ldid=ldid, cpg=cpg)
    found = read(
        tmp_path,
        zip_of(parts),
        "shapefile",
        **({"encoding": "gbk"} if ldid == 0x78 and encoding == "GBK" and not cpg else {}),
    )
    assert names_of(found) == wanted
    assert list(found.rows[0]["properties"].values()) == [f"值{n}" for n in range(len(names))]
    assert found.findings.encoding.name == {"UTF-8": "UTF-8", "GBK": "GB18030"}[encoding]
    told = [item.params["count"] for item in found.problems if item.code == "texts-cut"]
    assert told == ([broken] if broken else [])
    assert "encoding-mixed" not in found.codes


def by_hand(names: Sequence[bytes], *, cpg: str | None = None) -> bytes:
    fields = [(name.decode("latin-1"), "C", 8) for name in names]
    values = [tuple(f"v{number}" for number in range(len(names)))]
    parts = shapefile([polygon(square())], values, fields=fields, encoding="latin-1", cpg=cpg)
    return zipped(parts)


def test_a_number_of_three_signs_behind_half_a_character_is_kept(tmp_path: Path) -> None:
    names = [
        "用地性质".encode()[:10],
        "用地性".encode()[:7] + b"_10",
        "用地性".encode()[:8] + b"99",
    ]
    found = read(tmp_path, by_hand(names), "shapefile")
    assert names_of(found) == ["用地性", "用地_10", "用地99"]
    assert found.codes == ["texts-cut"]


def test_a_numbered_name_is_mended_though_the_one_before_it_is_gone(tmp_path: Path) -> None:
    found = read(tmp_path, by_hand(["用地性".encode()[:8] + b"_3"]), "shapefile")
    assert (names_of(found), found.codes) == (["用地_3"], ["texts-cut"])


def test_a_rare_character_of_gbk_before_a_number_is_no_half_one(tmp_path: Path) -> None:
    name = "a规划用".encode("gbk") + b"\xaa_1"  # whose second byte is an underscore
    found = read(tmp_path, by_hand([name]), "shapefile")
    assert (names_of(found), found.codes) == ([name.decode("gb18030")], [])


def test_names_cut_by_other_programs_are_mended_too(tmp_path: Path) -> None:
    names = ["a用地性质代码".encode("gbk")[:10], "规划用地面积".encode("gbk")[:10], b"NAME"]
    found = read(tmp_path, by_hand(names, cpg="OEM"), "shapefile")
    assert names_of(found) == ["a用地性质", "规划用地面", "NAME"]
    assert found.codes == ["encoding-label-unknown", "texts-cut"]


def test_mended_names_that_fall_together_are_told_apart_and_told(tmp_path: Path) -> None:
    names = ["用地性质".encode()[:10], b"ab_4", "用地性".encode(), b"ab", b"ab"]
    found = read(tmp_path, by_hand(names), "shapefile")
    assert names_of(found) == ["用地性", "ab_4", "用地性_3", "ab", "ab_5"]
    assert list(found.rows[0]["properties"].values()) == ["v0", "v1", "v2", "v3", "v4"]
    assert found.codes == ["texts-cut", "field-renamed", "field-renamed"]
