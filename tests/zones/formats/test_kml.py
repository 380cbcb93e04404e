from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.format_files import kml, placemark
from tests.opened_sources import Read, read
from tests.source_files import zip_of
from zones.errors import SourceError
from zones.formats.kml.html import plain_text

DOCTYPE = '<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
LINK = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
DATA = '<ExtendedData><Data name="性质"><value>居住</value></Data></ExtendedData>'


def read_kml(folder: Path, *content: str, **options: Any) -> Read:
    return read(folder, kml(*content), "kml", **options)


def code_of(folder: Path, content: bytes, format_name: Any = "kml", **options: Any) -> str:
    with pytest.raises(SourceError) as caught:
        read(folder, content, format_name, **options)
    return caught.value.code


def test_a_placemark_has_its_place_its_data_and_no_drawing(tmp_path: Path) -> None:
    found = read_kml(tmp_path, placemark("北市场", inside=DATA))
    (row,) = found.rows
    assert row["properties"] == {"name": "北市场", "性质": "居住"}
    assert shapely.from_wkb(row["wkb"]) == shapely.Point(123.40, 41.78)
    assert found.codes == ["heights-dropped"]
    assert (found.findings.crs.key, found.findings.crs.basis) == ("CRS84", "format")


def test_descriptions_lose_their_html_and_keep_their_words(tmp_path: Path) -> None:
    html = (
        "<description><![CDATA[<b onclick='x()'>沈阳站</b><br/>A &amp; B<script>alert(1)</script>"
    )
    found = read_kml(tmp_path, placemark("a", inside=html + "]]></description>"))
    assert found.rows[0]["properties"]["description"] == "沈阳站\nA & B"
    assert "kml-html-read" in found.codes


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("面积 < 5 公顷", "面积 < 5 公顷"),
        ("<table><tr><td>性质</td><td>居住</td></tr></table>", "性质 居住"),
        ("<img src=x onerror=alert(1)>图", "图"),
        ("&lt;b&gt;", "<b>"),
        ("<style>p{}</style><p>一</p><p>二</p>", "一\n二"),
    ],
)
def test_plain_text_is_what_a_reader_would_see(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_folders_are_layers_and_links_lead_nowhere(tmp_path: Path) -> None:
    folders = [
        f"<Folder><name>{name}</name>{placemark(name)}</Folder>" for name in ("道路", "地块")
    ]
    asked = read_kml(tmp_path, LINK, *folders).question
    assert asked is not None
    assert [one.options for one in asked.candidates] == [{"layer": "道路"}, {"layer": "地块"}]
    found = read_kml(tmp_path, LINK, *folders, layer="地块")
    assert [row["properties"]["name"] for row in found.rows] == ["地块"]
    assert found.findings.layers == ("道路", "地块")


@pytest.mark.parametrize(("encoding", "name"), [("GBK", "GB18030"), ("UTF-8", "UTF-8")])
def test_texts_are_right_in_the_encodings_of_the_country(
    tmp_path: Path, encoding: str, name: str
) -> None:
    found = read(tmp_path, kml(placemark("和平区"), encoding=encoding), "kml")
    assert found.rows[0]["properties"]["name"] == "和平区"
    assert found.findings.encoding.name == name


def test_a_label_that_lies_about_gbk_does_no_harm(tmp_path: Path) -> None:
    lying = kml(placemark("和平区"), encoding="GBK").replace(b'"GBK"', b'"UTF-8"')
    assert read(tmp_path, lying, "kml").rows[0]["properties"]["name"] == "和平区"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (kml(placemark("a"), prolog=DOCTYPE), "kml-doctype"),
        (kml(placemark("&a;"), prolog=DOCTYPE), "kml-doctype"),
        (kml("<Folder>" * 200), "kml-invalid"),
        (kml(placemark("a"))[:-20], "kml-invalid"),
        (b"PK\x03\x04", "kml-invalid"),
        (b'<?xml version="1.0"?><gpx/>', "kml-invalid"),
        (kml(), "no-layers"),
        (kml("<Folder><name>空</name></Folder>"), "no-layers"),
        (kml(LINK), "kml-only-links"),
        (kml("<GroundOverlay/><ScreenOverlay/>"), "kml-only-pictures"),
    ],
)
def test_what_is_no_sound_kml_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    assert code_of(tmp_path, content) == code


def test_a_kmz_is_read_by_its_main_document(tmp_path: Path) -> None:
    members = {"other.kml": kml(placemark("b")), "doc.kml": kml(placemark("a")), "i.png": b"x"}
    found = read(tmp_path, zip_of(members), "kmz")
    assert [row["properties"]["name"] for row in found.rows] == ["a"]
    assert found.findings.format == "kmz"
    (told,) = (problem for problem in found.problems if problem.code == "kmz-others")
    assert told.params == {"main": "doc.kml", "others": "other.kml"}


def test_a_kmz_without_kml_is_refused(tmp_path: Path) -> None:
    assert code_of(tmp_path, zip_of({"a.txt": b"x"}), "kmz") == "kmz-no-kml"
