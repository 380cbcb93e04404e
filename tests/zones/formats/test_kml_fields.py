"""What placemarks tell of their things: names, data of any name and type, times."""

from pathlib import Path
from typing import Any

import pytest

from tests.format_files import kml, placemark
from tests.opened_sources import Read, layer_of, read
from zones.model import JSON

# Names that KML has itself, or that programs change.
NAMES = ("name", "ID", "visibility", "icon", "begin", "timestamp", "地类编码", "面积(㎡)", "a b")


def with_schema(types: dict[str, str], values: dict[str, str], *, schema_id: str = "s") -> str:
    """Return a schema, and a placemark with these values of it."""
    fields = "".join(
        f'<SimpleField type="{type_}" name="{name}"/>' for name, type_ in types.items()
    )
    data = "".join(
        f'<SimpleData name="{name}">{value}</SimpleData>' for name, value in values.items()
    )
    schema = f'<Schema id="{schema_id}" name="s">{fields}</Schema>'
    inside = (
        f'<ExtendedData><SchemaData schemaUrl="#{schema_id}">{data}</SchemaData></ExtendedData>'
    )
    return schema + placemark("地块", inside=inside)


def read_kml(folder: Path, *content: str, **options: Any) -> Read:
    return read(folder, kml(*content), "kml", **options)


def properties(found: Read) -> dict[str, JSON]:
    (row,) = found.rows
    told: dict[str, JSON] = row["properties"]
    return told


def test_data_keep_their_names_whatever_kml_itself_calls_so(tmp_path: Path) -> None:
    found = read_kml(tmp_path, with_schema(dict.fromkeys(NAMES, "string"), {n: n for n in NAMES}))
    expected = {("name(2)" if name == "name" else name): name for name in NAMES}
    assert properties(found) == {"name": "地块", **expected}
    told = [each for each in found.problems if each.code == "field-renamed"]
    assert [each.params for each in told] == [{"label": "name", "name": "name(2)"}]


def test_data_without_a_schema_keep_their_names_too(tmp_path: Path) -> None:
    data = "".join(f'<Data name="{n}"><value>{n}</value></Data>' for n in ("name", "Name", "begin"))
    found = read_kml(tmp_path, placemark("a", inside=f"<ExtendedData>{data}</ExtendedData>"))
    assert sorted(map(str, properties(found).values())) == ["Name", "a", "begin", "name"]


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("string", "0701", "0701"),
        ("string", "210102199001011234", "210102199001011234"),
        ("string", " a ", " a "),
        ("string", "", ""),
        ("int", "32", 32),
        ("int", "-7", -7),
        ("int", "9223372036854775807", 2**63 - 1),
        ("uint", "4294967295", 2**32 - 1),
        ("int", "", None),
        ("double", "12.5", 12.5),
        ("double", "1.5e3", 1500.0),
        ("double", "7", 7.0),
        ("double", "210102199001011234", 210102199001011234),
        ("double", "210102199001011234.00", 210102199001011234),
        ("float", "0.1", 0.1),
        ("double", "0.10000000000000001", 0.1),
        ("bool", "1", True),
        ("bool", "false", False),
    ],
)
def test_values_have_the_type_of_their_schema(
    tmp_path: Path, type_: str, text: str, value: JSON
) -> None:
    found = read_kml(tmp_path, with_schema({"f": type_}, {"f": text}))
    assert properties(found)["f"] == value
    assert type(properties(found)["f"]) is type(value)
    assert "kml-value-as-text" not in found.codes


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("int", "0701"),
        ("int", "3栋"),
        ("int", "12.5"),
        ("int", "9223372036854775808"),
        ("double", "12,5"),
        ("double", "nan"),
        ("bool", "是"),
    ],
)
def test_a_value_that_is_not_of_its_type_is_kept_as_text_and_told(
    tmp_path: Path, type_: str, text: str
) -> None:
    found = read_kml(tmp_path, with_schema({"f": type_}, {"f": text}))
    assert properties(found)["f"] == text
    (told,) = (each for each in found.problems if each.code == "kml-value-as-text")
    assert (told.field, told.params) == ("f", {"type": type_, "value": text})


def test_numbers_with_more_digits_than_a_double_are_told(tmp_path: Path) -> None:
    texts = ("0.5", "0.12345678901234567", "0.98765432109876543")
    marks = (with_schema({"f": "double"}, {"f": text}) for text in texts)
    found = read_kml(tmp_path, *marks)
    told = {"field": "f", "count": 2, "first": texts[1], "kept": str(float(texts[1]))}
    (problem,) = (each for each in found.problems if each.code == "numbers-rounded")
    assert (problem.severity, problem.feature, problem.params) == ("warning", 2, told)


@pytest.mark.parametrize("type_", ["int", "double"])
def test_thousands_of_digits_are_text(tmp_path: Path, type_: str) -> None:
    found = read_kml(tmp_path, with_schema({"f": type_}, {"f": "9" * 5000}))
    assert properties(found)["f"] == "9" * 5000
    assert "kml-value-as-text" in found.codes


def test_a_field_of_the_schema_without_values_is_there(tmp_path: Path) -> None:
    found = read_kml(tmp_path, with_schema({"a": "int", "b": "string"}, {"b": "x"}))
    assert properties(found) == {"name": "地块", "a": None, "b": "x"}


def test_data_given_twice_are_both_kept(tmp_path: Path) -> None:
    data = "".join(f'<Data name="a"><value>{value}</value></Data>' for value in "12")
    found = read_kml(tmp_path, placemark("n", inside=f"<ExtendedData>{data}</ExtendedData>"))
    assert properties(found) == {"name": "n", "a": "1", "a(2)": "2"}


def test_times_addresses_and_snippets_are_kept_as_they_are_written(tmp_path: Path) -> None:
    inside = (
        "<TimeSpan><begin>2020</begin><end>2020-05</end></TimeSpan><address>南湖</address>"
        "<phoneNumber>024</phoneNumber><Snippet maxLines='2'>短</Snippet>"
    )
    found = read_kml(tmp_path, placemark("a", inside=inside))
    assert properties(found) == {
        "name": "a",
        "begin": "2020",
        "end": "2020-05",
        "address": "南湖",
        "phoneNumber": "024",
        "snippet": "短",
    }
    stamp = "<TimeStamp><when>2026-01-01T08:00:00+08:00</when></TimeStamp>"
    found = read_kml(tmp_path, placemark("a", inside=stamp))
    assert properties(found)["timestamp"] == "2026-01-01T08:00:00+08:00"


def test_arrays_and_elements_of_the_senders_own_are_kept(tmp_path: Path) -> None:
    inside = (
        '<ExtendedData><SchemaData schemaUrl="#x"><gx:SimpleArrayData name="步">'
        "<gx:value>1</gx:value><gx:value>2</gx:value></gx:SimpleArrayData></SchemaData>"
        "<own:层数>3</own:层数><own:户><own:姓>王</own:姓></own:户></ExtendedData>"
    )
    found = read_kml(tmp_path, placemark("a", inside=inside))
    assert properties(found) == {"name": "a", "步": "1, 2", "层数": "3", "姓": "王"}


def test_names_for_showing_are_titles_of_their_fields(tmp_path: Path) -> None:
    content = with_schema({"mj": "double", "bz": "string"}, {"mj": "7.5", "bz": "x"})
    shown = "<displayName><![CDATA[<b>面积(㎡)</b>]]></displayName></SimpleField>"
    found = read_kml(tmp_path, content.replace('name="mj"/>', f'name="mj">{shown}', 1))
    assert properties(found) == {"name": "地块", "mj": 7.5, "bz": "x"}
    assert {each.name: each.title for each in found.findings.fields if each.title} == {
        "mj": "面积(㎡)"
    }
    assert "titles-from-aliases" in found.codes


def test_styles_and_views_are_no_attributes(tmp_path: Path) -> None:
    inside = (
        "<Style><LineStyle><width>2</width></LineStyle></Style><styleUrl>#a</styleUrl>"
        "<LookAt><longitude>1</longitude></LookAt><OvAttr><OvIcon>4</OvIcon></OvAttr>"
    )
    assert properties(read_kml(tmp_path, placemark("a", inside=inside))) == {"name": "a"}


def test_ids_of_placemarks_are_ids_of_features(tmp_path: Path) -> None:
    found = read_kml(tmp_path, placemark("a").replace("<Placemark>", '<Placemark id="p1">'))
    assert [row["fid"] for row in found.rows] == ["p1"]


def test_elements_of_a_kind_that_a_schema_makes_a_placemark_are_read(tmp_path: Path) -> None:
    schema = """<Schema name="Parcel" parent="Placemark">
    <SimpleField name="bsm" type="string"/><SimpleField name="n" type="int"/></Schema>"""
    point = "<Point><coordinates>123.40,41.78</coordinates></Point>"
    own = f"<Parcel><name>甲</name><bsm>0701</bsm><n>5</n>{point}</Parcel>"
    found = read(tmp_path, kml(schema, own, placemark("乙")), "kml")
    rows = [row["properties"] for row in found.rows]
    assert rows == [{"name": "甲", "bsm": "0701", "n": 5}, {"name": "乙", "bsm": None, "n": None}]


def test_hidden_placemarks_and_data_of_folders_are_told(tmp_path: Path) -> None:
    data = '<ExtendedData><Data name="批次"><value>7</value></Data></ExtendedData>'
    shown = placemark("甲", inside="<visibility>1</visibility>")
    hidden = placemark("乙", inside="<visibility>0</visibility>")
    folder = f"<Folder><name>F</name>{data}{shown}{hidden}</Folder>"
    found = read(tmp_path, kml(folder), "kml")
    told = {each.code: each.params for each in found.problems}
    assert told["kml-hidden"] == {"count": 1}
    assert told["kml-folder-data"] == {"names": "批次"}
    assert len(found.rows) == 2


def test_a_datum_of_a_folder_is_no_data_that_is_lost(tmp_path: Path) -> None:
    data = '<ExtendedData><Data name="OvCoordType"><value>CGCS2000</value></Data></ExtendedData>'
    found = read(tmp_path, kml(f"<Folder>{data}{placemark('甲')}</Folder>"), "kml")
    assert "kml-folder-data" not in found.codes


def test_elements_of_other_namespaces_are_told_with_the_first_placemark(tmp_path: Path) -> None:
    author = "<atom:author><atom:name>张某</atom:name></atom:author>"
    own = '<v:rating v:of="5">3</v:rating>'
    kept = "<address>文化路 1 号</address><phoneNumber>024-1</phoneNumber><Snippet>短</Snippet>"
    shown = "<styleUrl>#a</styleUrl><open>1</open><Style><x:y>1</x:y></Style>"
    content = kml(
        placemark("甲", inside=kept + shown),
        placemark("乙", inside=author + own),
        placemark("丙", inside=author),
    ).replace(b"<kml ", b'<kml xmlns:atom="a" xmlns:v="v" xmlns:x="x" ', 1)
    found = read(tmp_path, content, "kml")
    row = found.rows[0]["properties"]
    assert [row[name] for name in ("address", "phoneNumber", "snippet")] == [
        "文化路 1 号",
        "024-1",
        "短",
    ]
    told = [each.params for each in found.problems if each.code == "kml-element-unread"]
    line = told[0].pop("line")
    assert content.splitlines()[line - 1].count(b"atom:author") > 0
    assert told[0] == {"element": "atom:author", "count": 2, "name": "乙"}
    assert (told[1]["element"], told[1]["count"]) == ("v:rating", 1)


def test_elements_in_geometries_and_attributes_are_told_by_name(tmp_path: Path) -> None:
    area = '<v:area unit="m2">12.5</v:area><extrude>1</extrude>'
    ring = "123.40,41.78 123.41,41.78 123.41,41.79 123.40,41.78"
    ring = f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>"
    shape = f'<Polygon id="p" xmlns:v="v">{area}{ring}</outerBoundaryIs></Polygon>'
    track = "<gx:Track><gx:coord>123.4 41.78</gx:coord><gx:coord>123.5 41.78</gx:coord>"
    track += "<gx:angles>1 2 3</gx:angles><ExtendedData/></gx:Track>"
    data = '<ExtendedData><Data name="面积" unit="㎡"><value>7</value></Data></ExtendedData>'
    content = kml(
        f"<Placemark><name>甲</name>{data}{shape}</Placemark>",
        f"<Placemark><name>乙</name>{data}{shape}</Placemark>",
        f'<Placemark id="b" v:by="王"><name>丙</name>{track}</Placemark>',
    ).replace(b"<kml ", b'<kml xmlns:v="v" xmlns:gx="g" ', 1)
    found = read(tmp_path, content, "kml")
    told = {
        each.params["part"]: (each.params["count"], each.params["name"])
        for each in found.problems
        if each.code == "kml-part-unread"
    }
    assert told == {
        "Data@unit": (2, "甲"),
        "Polygon/v:area": (2, "甲"),
        "area@unit": (2, "甲"),
        "Placemark@v:by": (1, "丙"),
        "Track/gx:angles": (1, "丙"),
        "Track/ExtendedData": (1, "丙"),
    }
    assert [row["properties"]["面积"] for row in found.rows] == ["7", "7", None]


def test_what_folders_tell_of_themselves_is_named(tmp_path: Path) -> None:
    told = "<description>说明</description><TimeSpan><begin>2020</begin></TimeSpan><v:m>5</v:m>"
    folder = f"<Folder><name>F</name><open>1</open>{told}{placemark('甲')}</Folder>"
    content = kml(folder).replace(b"<kml ", b'<kml xmlns:v="v" ', 1)
    found = read(tmp_path, content, "kml")
    names = [each.params["names"] for each in found.problems if each.code == "kml-folder-data"]
    assert names == ["description, TimeSpan, v:m"]
    assert "kml-folder-data" not in read_kml(tmp_path, placemark("甲")).codes


def test_data_have_titles_of_their_own_and_several_values(tmp_path: Path) -> None:
    shown = "<displayName>楼层</displayName><value>5</value><value>6</value>"
    data = f'<ExtendedData><Data name="f1">{shown}</Data></ExtendedData>'
    found = read_kml(tmp_path, placemark("甲", inside=data))
    assert properties(found) == {"name": "甲", "f1": "5", "f1(2)": "6"}
    assert layer_of(tmp_path, kml(placemark("甲", inside=data)), "kml").fields["f1"].title == "楼层"
