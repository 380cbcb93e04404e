import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.opened_sources import layer_of, read
from tests.source_files import feature, geojson, point, polygon, square, squares
from zones.crs.reference_systems import CRS
from zones.errors import SourceError, SourceLimitError, UnknownCRSError
from zones.sandbox.limits import Limits


def fault(folder: Path, content: bytes, **choice: Any) -> str:
    with pytest.raises((SourceError, UnknownCRSError)) as caught:
        read(folder, content, "geojson", **choice)
    assert caught.value.text("zh").message
    assert caught.value.text("en").message
    return caught.value.code


def named_crs(name: str) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": name}}


def test_features_keep_order_ids_and_nested_properties(tmp_path: Path) -> None:
    nested = feature(point(123.4, 41.7), fid=7, 名称="北市场", tags=["a", {"b": None}], n=1.5)
    found = read(tmp_path, geojson([*squares(2), nested]), "geojson")
    assert [row["fid"] for row in found.rows] == ["a0", "a1", "7"]
    assert found.rows[2]["properties"] == {"名称": "北市场", "tags": ["a", {"b": None}], "n": 1.5}


def test_more_features_than_one_piece_holds_are_all_read(tmp_path: Path) -> None:
    found = read(
        tmp_path, geojson([feature(point(123.4, 41.7), n=n) for n in range(4500)]), "geojson"
    )
    assert [row["properties"]["n"] for row in found.rows] == list(range(4500))


@pytest.mark.parametrize("indent", [None, 2])
def test_a_byte_order_mark_and_blanks_do_not_matter(tmp_path: Path, indent: int | None) -> None:
    text = json.dumps(json.loads(geojson(squares(2))), indent=indent)
    assert len(read(tmp_path, b"\xef\xbb\xbf" + text.encode(), "geojson").rows) == 2


def test_one_feature_or_one_geometry_is_a_file_of_one(tmp_path: Path) -> None:
    one = json.dumps(squares(1)[0]).encode()
    bare = json.dumps(polygon(square())).encode()
    assert read(tmp_path, one, "geojson").rows[0]["fid"] == "a0"
    assert read(tmp_path, bare, "geojson").rows[0]["properties"] == {}


def test_without_a_word_the_system_is_crs84(tmp_path: Path) -> None:
    layer = layer_of(tmp_path, geojson(squares(1)), "geojson")
    assert (layer.crs, layer.crs_finding.basis) == (CRS.CRS84, "format")


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::4550", "EPSG:4550"])
def test_a_named_system_of_our_list_is_honoured(tmp_path: Path, name: str) -> None:
    text = geojson([feature(point(533000.0, 4625000.0))], crs=named_crs(name))
    found = read(tmp_path, text, "geojson")
    assert found.findings.crs.key == "EPSG:4550"
    assert found.findings.geometry.located == pytest.approx((123.4, 41.8) * 2, abs=0.05)


def test_the_option_overrules_the_file_and_the_finding_says_so(tmp_path: Path) -> None:
    text = geojson(squares(1), crs=named_crs("EPSG:4490"))
    finding = layer_of(tmp_path, text, "geojson", crs="gcj02").crs_finding
    assert (finding.key, finding.basis, finding.in_file) == ("gcj02", "option", "EPSG:4490")


def test_gcj02_coordinates_are_moved_by_some_500_metres(tmp_path: Path) -> None:
    plain = read(tmp_path, geojson(squares(1)), "geojson")
    moved = read(tmp_path, geojson(squares(1)), "geojson", crs="gcj02")
    east, west = (found.findings.geometry.located for found in (plain, moved))
    assert east is not None
    assert west is not None
    assert 0.005 < east[0] - west[0] < 0.007


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://example.com/crs", "type": "proj4"}},
        {"type": "url", "properties": {"url": "http://example.com"}},
        {"type": "EPSG", "properties": {"code": True}},
        {"type": "EPSG", "properties": {"code": 4326, "coordinate_order": [1, 0]}},
        {"type": "EPSG", "properties": {}},
        {"type": "name", "properties": None},
        {"type": 4326},
        ["EPSG:4326"],
        True,
    ],
)
def test_a_crs_that_is_no_name_is_refused_at_every_level(tmp_path: Path, crs: object) -> None:
    one = squares(1)[0]
    within = {**one, "geometry": {**one["geometry"], "crs": crs}}
    deep = feature({"type": "GeometryCollection", "geometries": [{**point(1, 2), "crs": crs}]})
    for text in (
        geojson(squares(1), crs=crs),
        geojson([{**one, "crs": crs}]),
        geojson([within]),
        geojson([deep]),
    ):
        assert fault(tmp_path, text) == "geojson-crs"


FORMS: list[Any] = [
    {"type": "EPSG", "properties": {"code": 4550}},
    {"type": "EPSG", "properties": {"code": "4550", "coordinate_order": [0, 1]}},
    {"type": "epsg", "properties": {"code": 4550.0}},
    {"type": "OGC", "properties": {"urn": "urn:ogc:def:crs:EPSG::4550"}},
    {"type": "name", "properties": {"code": 4550}},
    {"properties": {"name": "EPSG:4550"}},
    {"name": "EPSG:4550"},
    named_crs("urn:ogc:def:crs,crs:EPSG::4550"),
    named_crs("urn:ogc:def:crs,crs:EPSG:6.18:4550,crs:EPSG::5737"),
    named_crs("urn:ogc:def:crs:EPSG:4550"),
    named_crs("urn:x-ogc:def:crs:EPSG:6.9:4550"),
    named_crs("http://spatialreference.org/ref/epsg/4550/"),
    named_crs("http://www.opengis.net/gml/srs/epsg.xml#4550"),
    named_crs(" epsg:4550 "),
    named_crs("CGCS2000 / 3-degree Gauss-Kruger CM 123E"),
    named_crs("cgcs2000/3-degree gauss-kruger cm 123E"),
    "EPSG:4550",
    "urn:ogc:def:crs:EPSG::4550",
    4550,
]


@pytest.mark.slow
@pytest.mark.parametrize("crs", FORMS)
def test_a_crs_is_read_in_every_form_and_at_every_level(tmp_path: Path, crs: Any) -> None:
    metres = point(533000.0, 4625000.0)
    one, within = {**feature(metres), "crs": crs}, feature({**metres, "crs": crs})
    deep = feature({"type": "GeometryCollection", "geometries": [{**metres, "crs": crs}]})
    for text in (
        geojson([feature(metres)], crs=crs),
        geojson([one, one]),
        geojson([one, within, deep]),
        geojson([one], crs=named_crs("EPSG:4550")),
        json.dumps(one).encode(),
        json.dumps({**metres, "crs": crs}).encode(),
    ):
        found = read(tmp_path, text, "geojson")
        assert (found.findings.crs.key, found.findings.crs.basis) == ("EPSG:4550", "file")
        assert found.findings.geometry.located == pytest.approx((123.4, 41.8) * 2, abs=0.05)


@pytest.mark.parametrize(
    ("features", "root", "number"),
    [
        (["EPSG:4490", "EPSG:4550"], None, 2),
        (["EPSG:4490", None], None, 2),
        ([None, "EPSG:4550"], None, 2),
        ([None, "EPSG:4550"], "EPSG:4490", 2),
        (["EPSG:4550"], "CRS84", 1),
        (["EPSG:4490", {"type": "link", "properties": {"href": "a"}}], None, 2),
    ],
)
def test_features_in_several_systems_are_refused_with_the_first_that_differs(
    tmp_path: Path, features: list[Any], root: str | None, number: int
) -> None:
    told = [{**one, "crs": crs} for one, crs in zip(squares(2), features, strict=False)]
    with pytest.raises(SourceError) as caught:
        read(tmp_path, geojson(told, crs=root and named_crs(root)), "geojson")
    assert (caught.value.code, caught.value.loc) == ("geojson-crs", ("feature", number))


@pytest.mark.parametrize("name", ["OGC:CRS84", "urn:ogc:def:crs:OGC::CRS84h", "EPSG:4326", "WGS84"])
def test_names_of_wgs_84_are_one_system(tmp_path: Path, name: str) -> None:
    told = [squares(1)[0], {**squares(2)[1], "crs": named_crs(name)}]
    assert read(tmp_path, geojson(told), "geojson").findings.features == 2


def test_any_system_that_epsg_lists_may_be_named_and_no_other(tmp_path: Path) -> None:
    utm = geojson([feature(point(533000, 4625000))], crs=named_crs("urn:ogc:def:crs:EPSG::32651"))
    assert layer_of(tmp_path, utm, "geojson").crs_finding.name == "WGS 84 / UTM zone 51N"
    for name in ("Shenyang 1960", "EPSG:999999"):
        assert fault(tmp_path, geojson(squares(1), crs=named_crs(name))).endswith(
            ("unknown-crs", "crs-unreadable")
        )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "source-empty"),
        (b"not json", "json-invalid"),
        (b'{"type": "FeatureCollection", "features": [', "json-truncated"),
        (b'{"type": "FeatureCollection", "features": [{"a": NaN}]}', "json-invalid"),
        (b'{"type": "FeatureCollection", "features": [1e999]}', "json-invalid"),
        (b'{"type": "FeatureCollection", "features": [1,,2]}', "json-invalid"),
        (b'{"type": "FeatureCollection", "features": [,]}', "json-invalid"),
        (b'{"type": "FeatureCollection", "features": [] // end\n}', "json-invalid"),
        (b'{"type": "FeatureCollection", "features": [],}', "json-invalid"),
        (b'{"type": "FeatureCollection", "features": {}}', "not-geojson"),
        (b'{"type": "FeatureCollection"}', "not-geojson"),
        (b'{"type": "Topology", "objects": {}}', "not-geojson"),
        (b'{"status": "1", "districts": []}', "not-geojson"),
        (b"[1, 2]", "not-geojson"),
        (b'"text"', "not-geojson"),
        ('{"type": "FeatureCollection", "名": 1}'.encode("gbk"), "json-not-utf8"),
        ('{"type": "FeatureCollection", "features": []}'.encode("utf-16"), "json-not-utf8"),
        (b'{"features": [1], "type": "FeatureCollection", "features": []}', "json-member-repeated"),
    ],
)
def test_what_is_not_strict_geojson_is_refused_by_name(
    tmp_path: Path, text: bytes, code: str
) -> None:
    assert fault(tmp_path, text) == code


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (b'{"status": "1", "districts": []}', "status, districts"),
        (b'{"type": "Topology"}', "Topology"),
        (b'{"type": "FeatureCollection"}', "FeatureCollection, features: —"),
        (b'{"type": "FeatureCollection", "features": {"a": 1}}', "features: {…}"),
        (b"[1, 2]", "[…]"),
        (b"{}", "{}"),
    ],
)
def test_what_is_no_geojson_is_told_by_what_there_is(
    tmp_path: Path, text: bytes, seen: str
) -> None:
    with pytest.raises(SourceError) as raised:
        read(tmp_path, text, "geojson")
    assert seen in raised.value.text("zh").message


def test_the_line_of_a_json_error_is_told(tmp_path: Path) -> None:
    text = b'{"type": "FeatureCollection",\n"features": [\n{},\n{"a": NaN}\n]}'
    with pytest.raises(SourceError, match="in line 4"):
        read(tmp_path, text, "geojson")


def test_a_key_written_with_escapes_is_the_same_key(tmp_path: Path) -> None:
    text = geojson(squares(2)).replace(b'"features"', b'"f\\u0065atures"')
    assert len(read(tmp_path, text, "geojson").rows) == 2


def test_every_faulty_feature_is_told_with_its_number(tmp_path: Path) -> None:
    bad = [
        {"type": "Polygon", "coordinates": []},
        {"type": "Feature", "geometry": None, "properties": [1]},
        feature({"type": "Circle", "coordinates": [1, 2]}),
        feature({"type": "Point", "coordinates": ["123", "41"]}),
        feature({"type": "Point", "coordinates": [123]}),
        feature({"type": "LineString", "coordinates": [[1, 2]]}),
        feature(polygon([(0, 0), (1, 1), (0, 0)])),
        feature({"type": "Polygon", "coordinates": [[1, 2], [3, 4]]}),
        feature({"type": "Point", "coordinates": []}),
    ]
    found = read(tmp_path, geojson([*squares(1), *bad]), "geojson")
    assert {(problem.feature, problem.code) for problem in found.problems} == {
        (2, "feature-not-geojson"),
        (3, "properties-not-object"),
        (4, "geometry-unknown-type"),
        (5, "position-not-numbers"),
        (6, "position-too-short"),
        (7, "line-too-short"),
        (8, "ring-too-short"),
        (9, "coordinates-not-lists"),
        (10, "geometry-empty"),
    }
    assert (found.errors, found.rows) == (9, [])
    (odd,) = (each for each in found.problems if each.code == "position-not-numbers")
    assert odd.params["value"] == '"123"'


def test_open_rings_are_closed_with_a_warning(tmp_path: Path) -> None:
    found = read(tmp_path, geojson([feature(polygon(square()[:-1]))]), "geojson")
    assert (found.codes, found.errors, len(found.rows)) == (["rings-closed"], 0, 1)


def test_the_first_open_ring_is_named_by_its_feature(tmp_path: Path) -> None:
    sound, open_ = feature(polygon(square())), feature(polygon(square()[:-1]))
    found = read(tmp_path, geojson([sound, sound, open_, sound, open_]), "geojson")
    told = next(told for told in found.problems if told.code == "rings-closed")
    assert (told.feature, told.params["count"]) == (3, 2)


def test_heights_are_dropped_with_a_note_and_holes_are_kept(tmp_path: Path) -> None:
    shell = [(*vertex, 5.0) for vertex in square()]
    hole = [(x + 0.002, y + 0.002) for x, y in square(size=0.004)]
    text = geojson([feature({"type": "Polygon", "coordinates": [shell, hole]})])
    found = read(tmp_path, text, "geojson")
    assert found.codes == ["heights-dropped"]
    assert found.findings.geometry.vertices == 10


def test_geometry_collections_nest_four_deep_and_no_deeper(tmp_path: Path) -> None:
    def nested(levels: int) -> dict[str, Any]:
        inner: dict[str, Any] = point(123.4, 41.7)
        for _ in range(levels):
            inner = {"type": "GeometryCollection", "geometries": [inner]}
        return feature(inner)

    assert read(tmp_path, geojson([nested(4)]), "geojson").errors == 0
    assert read(tmp_path, geojson([nested(5)]), "geojson").codes == ["collection-too-deep"]


def test_members_outside_the_standard_are_ignored_with_a_note(tmp_path: Path) -> None:
    found = read(tmp_path, geojson([{**squares(1)[0], "style": {"color": "red"}}]), "geojson")
    assert (found.codes, found.errors) == (["members-ignored"], 0)


def test_members_of_the_root_are_told_with_what_they_say(tmp_path: Path) -> None:
    text = geojson(squares(1), name="地块", datum="GCJ-02", meta={"a": 1})
    (note,) = layer_of(tmp_path, text, "geojson").notes
    assert (note.code, note.params) == (
        "root-members-ignored",
        {"members": "datum=GCJ-02, meta=…"},
    )


def test_more_features_than_allowed_end_the_reading(tmp_path: Path) -> None:
    with pytest.raises(SourceLimitError, match="more than 3 features"):
        read(tmp_path, geojson(squares(4)), "geojson", limits=Limits(max_features=3))


def test_more_vertices_than_allowed_end_the_reading(tmp_path: Path) -> None:
    with pytest.raises(SourceLimitError, match="vertices"):
        read(tmp_path, geojson(squares(4)), "geojson", limits=Limits(max_vertices=19))


@pytest.mark.parametrize("slip", [1e-10, -1e-10, 3e-13])
def test_a_ring_that_ends_beside_its_start_is_closed_at_its_start(
    tmp_path: Path, slip: float
) -> None:
    ring = [(123.4, 41.78), (123.401, 41.78), (123.401, 41.781), (123.4, 41.781)]
    content = geojson([feature(polygon([*ring, (123.4 + slip, 41.78)]))])
    found = read(tmp_path, content, "geojson")
    assert found.codes == ["rings-closed"]
    assert shapely.from_wkb(found.rows[0]["wkb"]).equals(shapely.Polygon(ring))


@pytest.mark.parametrize("name", ["n", "名称", "a:b"])
def test_a_member_named_twice_is_told(tmp_path: Path, name: str) -> None:
    one = feature(point(123.4, 41.7), **{name: 1, "url": "http://a:1/b"})
    member = f'"{name}": 1'.encode()
    twice = geojson([one, one]).replace(member, member + b", " + member)
    assert fault(tmp_path, twice) == "json-member-repeated"


def test_broken_json_is_told_in_our_own_words(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, geojson(squares(2)).replace(b"]]]", b"]],]", 1), "geojson")
    assert caught.value.code == "json-invalid"
    assert "]" in str(caught.value.params["near"])


@pytest.mark.parametrize(
    ("members", "is_told"),
    [
        ({"numberMatched": 99, "numberReturned": 1}, True),
        ({"totalFeatures": 99, "numberReturned": 1}, True),
        ({"links": [{"rel": "self", "href": "a"}, {"rel": "next", "href": "b"}]}, True),
        ({"numberMatched": 1, "numberReturned": 1, "links": [{"rel": "self"}]}, False),
        ({"numberMatched": "unknown", "links": "none"}, False),
    ],
)
def test_part_of_what_a_service_has_is_told(
    tmp_path: Path, members: dict[str, object], is_told: bool
) -> None:
    found = read(tmp_path, geojson([feature(None, a=1)], **members), "geojson")
    assert ("service-gave-part" in found.codes) is is_told


@pytest.mark.parametrize("identifier", [True, [1], {"a": 1}])
def test_ids_that_are_neither_text_nor_number_are_refused(
    tmp_path: Path, identifier: object
) -> None:
    found = read(tmp_path, geojson([feature(None, fid=identifier)]), "geojson")
    assert [(each.code, each.feature) for each in found.problems][:1] == [("id-unfit", 1)]


def test_members_of_geometries_outside_the_standard_are_told(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [123.4, 41.78], "accuracy": 5, "bbox": [1, 2, 3, 4]}
    feature = {"type": "Feature", "geometry": point, "properties": {}}
    content = json.dumps({"type": "FeatureCollection", "features": [feature, feature]}).encode()
    found = read(tmp_path, content, "geojson")
    told = [each.params for each in found.problems if each.code == "members-ignored"]
    assert told == [{"members": "geometry.accuracy"}]
