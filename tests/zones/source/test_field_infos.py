"""Aliases and coded values that files have beside their fields."""

from pathlib import Path
from typing import Any

import pytest

from tests.format_files import boxes, geopackage, with_sql
from tests.geodatabase_items import domain, geodatabase
from tests.imports import codes, imported, imported_by_child, with_collections
from tests.opened_sources import read
from tests.source_files import geojson, squares
from zones.export.export_options import export_options
from zones.export.write_file import write_export
from zones.model import CodedValue, CollectionInfo, FieldInfo
from zones.source.field_descriptions import MOST_CODES, field_infos
from zones.source.file_findings import FormatName
from zones.store.sql.store import SqlStore

USES = {"R2": "二类居住用地", "G1": "公园绿地"}
COLUMNS = {"YDXZ": ["R2", "G1"], "MJ": [1.5, 2.5], "LEVEL": [1, 2]}
DATA_COLUMNS = (
    "CREATE TABLE gpkg_data_columns (table_name TEXT, column_name TEXT, name TEXT, title TEXT,"
    " description TEXT, mime_type TEXT, constraint_name TEXT)"
)
CONSTRAINTS = (
    "CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT, constraint_type TEXT,"
    " value TEXT, description TEXT)"
)


@pytest.fixture
def store(empty_store: SqlStore) -> SqlStore:
    return with_collections(empty_store)


def _found(folder: Path, content: bytes, kind: FormatName, **choice: Any) -> dict[str, FieldInfo]:
    fields = read(folder, content, kind, **choice).findings.fields
    return {each.name: FieldInfo(each.name, each.title, each.codes) for each in fields}


def _coded(texts: dict[Any, str]) -> tuple[CodedValue, ...]:
    return tuple(CodedValue(code, text) for code, text in texts.items())


def _geodatabase(**more: Any) -> bytes:
    told = {
        "aliases": {"YDXZ": "用地性质", "MJ": "面积", "LEVEL": "LEVEL"},
        "domains": {"YDXZ": "uses", "LEVEL": "levels"},
        "definitions": [domain("uses", USES), domain("levels", {1: "一级", 2: "二级"}, "Integer")],
    }
    return geodatabase(boxes(2), COLUMNS, **{**told, **more})


def _package(*rows: tuple[Any, ...], enums: dict[str, dict[str, str]] | None = None) -> bytes:
    insert = "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, ?, ?)"
    statements: list[tuple[str, tuple[Any, ...]]] = [(insert, row) for row in rows]
    for name, texts in (enums or {}).items():
        for code, text in texts.items():
            insert = "INSERT INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, ?)"
            statements.append((insert, (name, code, text)))
    content = geopackage({"plots": (boxes(2), COLUMNS)})
    return with_sql(content, DATA_COLUMNS, CONSTRAINTS, rows=statements)


def test_aliases_and_domains_of_a_geodatabase_are_known(tmp_path: Path) -> None:
    found = _found(tmp_path, _geodatabase(), "filegdb")
    assert found["YDXZ"] == FieldInfo("YDXZ", "用地性质", _coded(USES))
    assert found["MJ"] == FieldInfo("MJ", "面积")
    assert found["LEVEL"] == FieldInfo("LEVEL", "", _coded({1: "一级", 2: "二级"}))


def test_subtypes_of_a_geodatabase_are_codes_and_lead_to_domains(tmp_path: Path) -> None:
    more = (
        "<SubtypeFieldName>LEVEL</SubtypeFieldName><Subtypes>"
        "<Subtype><SubtypeName>城镇</SubtypeName><SubtypeCode>1</SubtypeCode><FieldInfos>"
        "<SubtypeFieldInfo><FieldName>YDXZ</FieldName><DomainName>town</DomainName>"
        "</SubtypeFieldInfo></FieldInfos></Subtype>"
        "<Subtype><SubtypeName>乡村</SubtypeName><SubtypeCode>2</SubtypeCode><FieldInfos>"
        "<SubtypeFieldInfo><FieldName>YDXZ</FieldName><DomainName>land</DomainName>"
        "</SubtypeFieldInfo></FieldInfos></Subtype></Subtypes>"
    )
    domains = [domain("town", {"R2": "居住", "X": "甲"}), domain("land", {"G1": "绿地", "X": "乙"})]
    content = _geodatabase(domains={}, definitions=domains, more=more)
    found = _found(tmp_path, content, "filegdb")
    assert found["LEVEL"].codes == _coded({1: "城镇", 2: "乡村"})
    assert set(found["YDXZ"].codes) == set(_coded({"R2": "居住", "G1": "绿地"}))


@pytest.mark.parametrize(
    "definition",
    ["", "<a", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", domain("uses", {}), domain("", USES)],
)
def test_definitions_that_say_nothing_do_no_harm(tmp_path: Path, definition: str) -> None:
    found = _found(
        tmp_path, _geodatabase(definitions=[definition] if definition else []), "filegdb"
    )
    assert found["YDXZ"] == FieldInfo("YDXZ", "用地性质")


def test_columns_of_a_package_have_titles_and_enumerations(tmp_path: Path) -> None:
    content = _package(
        ("PLOTS", "YDXZ", "xz", "用地性质", None, None, "Uses"),
        ("plots", "LEVEL", "等级", None, "别的", None, "levels"),
        ("plots", "MJ", "mj", None, "面积，公顷", None, None),
        ("other", "MJ", None, "不是它", None, None, None),
        enums={"uses": USES, "levels": {"1": "一级", "x": "不是数"}},
    )
    found = _found(tmp_path, content, "gpkg")
    assert found == {
        "YDXZ": FieldInfo("YDXZ", "用地性质", _coded(USES)),
        "LEVEL": FieldInfo("LEVEL", "等级", _coded({1: "一级", "x": "不是数"})),
        "MJ": FieldInfo("MJ", "面积，公顷"),
    }


@pytest.mark.parametrize(
    "table",
    [
        "CREATE TABLE gpkg_data_columns (x TEXT)",
        "CREATE TABLE gpkg_data_columns (table_name TEXT, column_name TEXT)",
        DATA_COLUMNS,
    ],
)
def test_a_package_with_little_in_its_schema_is_read_as_before(tmp_path: Path, table: str) -> None:
    found = read(tmp_path, with_sql(geopackage({"plots": (boxes(2), COLUMNS)}), table), "gpkg")
    assert (len(found.rows), found.codes) == (2, [])


def test_a_table_of_columns_without_row_numbers_is_read(tmp_path: Path) -> None:
    table = (
        "CREATE TABLE gpkg_data_columns (table_name TEXT, column_name TEXT, title TEXT,"
        " PRIMARY KEY (table_name, column_name)) WITHOUT ROWID"
    )
    row = "INSERT INTO gpkg_data_columns VALUES ('plots', 'MJ', '面积')"
    content = with_sql(geopackage({"plots": (boxes(2), COLUMNS)}), table, row)
    assert _found(tmp_path, content, "gpkg")["MJ"].title == "面积"


def test_the_report_names_titles_and_codes(store: SqlStore, tmp_path: Path) -> None:
    report = imported_by_child(store, tmp_path, _geodatabase(), name="a.gdb.zip")
    assert codes(report) == ["titles-from-aliases", "codes-from-domain", "codes-from-domain"]
    text = report.as_text("zh")
    assert "YDXZ = 用地性质" in text
    assert "R2 = 二类居住用地" in text


def _fields(store: SqlStore) -> tuple[FieldInfo, ...]:
    return _info(store).fields


def _info(store: SqlStore) -> CollectionInfo:
    return next(info for info in store.collections() if info.id == "plots")


def test_titles_are_kept_renewed_and_end_with_their_fields(store: SqlStore, tmp_path: Path) -> None:
    imported(store, tmp_path, _geodatabase(), name="a.gdb.zip")
    before = _fields(store)
    assert [field.name for field in before] == ["YDXZ", "MJ", "LEVEL"]
    plain = [{**each, "properties": {"YDXZ": "R2"}} for each in squares(2)]
    imported(store, tmp_path, geojson(plain), mode="append")
    assert _fields(store) == before
    renewed = _package(("plots", "YDXZ", None, "新用地", None, None, None))
    imported(store, tmp_path, renewed, name="a.gpkg", mode="upsert", key="LEVEL")
    assert _fields(store)[0] == FieldInfo("YDXZ", "新用地", _coded(USES))
    imported(store, tmp_path, geojson(plain))
    assert _fields(store) == (FieldInfo("YDXZ", "新用地", _coded(USES)),)


def test_a_mapped_field_takes_its_title_along(store: SqlStore, tmp_path: Path) -> None:
    from zones.ingest.field_mapping import FieldMapping

    mapping = FieldMapping({"YDXZ": "use", "MJ": None})
    imported(store, tmp_path, _geodatabase(), name="a.gdb.zip", mapping=mapping)
    assert [(field.name, field.title) for field in _fields(store)] == [
        ("use", "用地性质"),
        ("LEVEL", ""),
    ]


def test_an_alias_may_say_which_field_names_the_features(store: SqlStore, tmp_path: Path) -> None:
    content = geodatabase(boxes(2), {"F1": ["甲", "乙"]}, aliases={"F1": "地块名称"})
    imported(store, tmp_path, content, name="a.gdb.zip")
    assert _info(store).title_field == "F1"
    imported(store, tmp_path, content, name="a.gdb.zip", title_field="地块名称")
    assert _info(store).title_field == "F1"


def test_a_package_takes_titles_and_codes_there_and_back(store: SqlStore, tmp_path: Path) -> None:
    imported(store, tmp_path, _geodatabase(), name="a.gdb.zip")
    path = tmp_path / "out.gpkg"
    write_export(path, _info(store), store.features("plots"), options=export_options("gpkg"))
    found = _found(tmp_path, path.read_bytes(), "gpkg")
    kept = [field for field in found.values() if field.title or field.codes]
    assert tuple(kept) == _fields(store)


def test_what_a_file_says_of_its_fields_has_bounds() -> None:
    many = tuple(CodedValue(number, f"说明{number}") for number in range(MOST_CODES))
    told = [
        FieldInfo("a", "题\n目\x00" + "长" * 300, many),
        FieldInfo(
            "b", "B", (CodedValue("x" * 201, "太长"), CodedValue("y", " "), CodedValue("z", "是"))
        ),
        FieldInfo("c", "不在", ()),
    ]
    found = field_infos(told, ["a", "b"])
    assert found.fields["a"].title.startswith("题 目长")
    assert len(found.fields["a"].title) == 200
    assert list(found.fields) == ["a"]
    assert [note.code for note in found.notes][-1] == "codes-too-many"
    assert field_infos(told[1:], ["b"]).fields == {"b": FieldInfo("b", "", _coded({"z": "是"}))}
