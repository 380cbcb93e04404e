"""Points whole in cells of text: look-ups read what imports read, systems of their own too."""

import csv
import io

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from zones.crs.transform import CRS, from_storage_xy
from zones.formats.csv.cell_geometry import geometries_from_cells
from zones.formats.csv.cell_texts import srids_of
from zones.lookup.bulk_locator import build_bulk_locator
from zones.snapshot.model import Snapshot
from zones.streams.answer_column_names import parse_columns
from zones.streams.choose_stream import open_stream
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions
from zones.streams.point_texts import points_in

LON, LAT = 123.405, 41.786
GIVEN_NONE = CSVOptions(is_crs_stated=False)
COLLECTIONS = (
    "MULTIPOINT((1 2))",
    "LINESTRING(1 2,3 4)",
    "POLYGON((0 0,1 0,1 1,0 0))",
    "TIN EMPTY",
)


@pytest.fixture(scope="module")
def task(seeded_snapshot: Snapshot) -> PointQuestion:
    locator = seeded_snapshot.derived(build_bulk_locator)
    return PointQuestion(locator, CRS.CRS84, parse_columns("zone_id"))


def answered(
    task: PointQuestion, cells: list[str], options: CSVOptions = GIVEN_NONE, name: str = "geom"
) -> tuple[list[str], dict[str, dict[str, object]]]:
    """Return the zone or the code of the fault of each cell, and the notes by their code."""
    sheet = io.StringIO()
    csv.writer(sheet).writerows([["n", name], *(["1", cell] for cell in cells)])
    stream = open_stream("csv", "csv", task=task, options=options)
    told = b"".join([*stream.add(sheet.getvalue().encode()), *stream.end()]).decode()
    rows = list(csv.reader(io.StringIO(told)))[1:]
    notes = {note.code: dict(note.params) for note in stream.tally.remarks}
    return [row[2] or row[3].split(" ")[0] for row in rows], notes


def forms(x: float, y: float, srid: int = 0) -> list[str]:
    """Return a point as programs write it into a cell."""
    point = shapely.set_srid(shapely.Point(x, y), srid)
    named = f"SRID={srid};" if srid else ""
    member = f'"crs":{{"type":"name","properties":{{"name":"EPSG:{srid}"}}}},' if srid else ""
    return [
        f"{named}POINT({x} {y})",
        f"{named.lower()} point z ({x} {y} 7)",
        f"{named}ＰＯＩＮＴ（{x}　{y}）".replace("ＰＯＩＮＴ", "POINT"),
        shapely.to_wkb(point, hex=True, include_srid=bool(srid)),
        "\\x" + shapely.to_wkb(point, hex=True, include_srid=bool(srid), byte_order=0).lower(),
        f'{{"type":"Point",{member}"coordinates":[{x},{y},3]}}',
    ]


@pytest.mark.parametrize("crs", [CRS.EPSG_4490, CRS.EPSG_4550, CRS.EPSG_4529, CRS.EPSG_3857])
def test_points_are_located_in_the_system_that_each_names(task: PointQuestion, crs: CRS) -> None:
    x, y = (float(each[0]) for each in from_storage_xy(np.array([LON]), np.array([LAT]), crs))
    cells = [*forms(LON, LAT), *forms(x, y, int(crs.key[5:]))]
    zone = task.locator.locator.locate(LON, LAT).primary
    told, notes = answered(task, cells)
    assert told == [zone] * len(cells)
    assert notes["table-by-geometry"] == {"column": "geom", "crs": "CRS84"}
    assert notes.get("csv-srid-read", {"row": 7})["row"] == 7


def test_a_person_rules_over_what_points_name_and_is_told(task: PointQuestion) -> None:
    cells = forms(LON, LAT)[:1] + forms(LON, LAT, 4550)[:1]
    told, notes = answered(task, cells, CSVOptions(is_crs_stated=True))
    assert len(set(told)) == 1
    assert (notes["csv-srid-overruled"]["row"], notes["csv-srid-overruled"]["sample"]) == (
        2,
        "4550",
    )


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("", "coordinate-missing"),
        ("POINT EMPTY", "coordinate-missing"),
        ('{"type":"Feature","properties":{},"geometry":null}', "coordinate-missing"),
        *((each, "coordinate-not-of-point") for each in COLLECTIONS),
        ("123.4,41.7;123.5,41.7;123.5,41.8", "coordinate-not-of-point"),
        ("POINT(123.4)", "coordinate-unreadable"),
        ("POINT(123,4 41,8)", "coordinate-unreadable"),
        ("POINT(123.4 nan)", "coordinate-not-finite"),
        ("SRID=1;POINT(1 2)", "coordinate-other-srid"),
        ('{"type":"Point","coordinates":["123.4","41.8"]}', "coordinate-unreadable"),
        ('{"type":"Point","coordinates":[1,2],"coordinates":[3,4]}', "coordinate-unreadable"),
        ("[1,2]", "coordinate-unreadable"),
        ("01010000", "coordinate-unreadable"),
    ],
    ids=str,
)
def test_what_is_no_point_is_told_in_its_row(task: PointQuestion, cell: str, fault: str) -> None:
    told, _ = answered(task, [forms(LON, LAT)[0], cell])
    assert told[1] == fault


@pytest.mark.parametrize("name", ["位置", "点"])
def test_one_column_named_for_both_numbers_may_hold_points_or_pairs(
    task: PointQuestion, name: str
) -> None:
    options = CSVOptions(name, name, is_crs_stated=False)
    zone = task.locator.locator.locate(LON, LAT).primary
    assert answered(task, [f"POINT({LON} {LAT})"], options, name)[0] == [zone]
    assert answered(task, [f"{LON},{LAT}"], options, name)[0] == [zone]


def test_columns_of_texts_in_tables_are_read_alike(task: PointQuestion) -> None:
    cells = [*forms(LON, LAT), "POLYGON((0 0,1 0,1 1,0 0))", None]
    for texts in (pa.array(cells), pa.array(cells).dictionary_encode()):
        sink = io.BytesIO()
        table = pa.table({"n": range(len(cells)), "WKT": texts})
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        stream = open_stream("arrow", "arrow", task=task, options=GIVEN_NONE)
        told = b"".join([*stream.add(sink.getvalue()), *stream.end()])
        faults = pa.ipc.open_stream(told).read_all()["locate_fault"].to_pylist()
        assert faults[:6] == [None] * 6
        assert [fault.split(" ")[0] for fault in faults[6:]] == [
            "coordinate-not-of-point",
            "coordinate-missing",
        ]


numbers = st.floats(-1e7, 1e7).map(lambda value: round(value, 6))


@given(
    st.lists(
        st.one_of(
            st.builds(forms, numbers, numbers, st.sampled_from([0, 4490, 4550])).flatmap(
                st.sampled_from
            ),
            st.sampled_from([*COLLECTIONS, "", "POINT EMPTY", "POINT(1 2", "甲", "{}"]),
        ),
        max_size=8,
    )
)
@examples(60)
def test_imports_and_lookups_read_the_same_cells(cells: list[str]) -> None:
    found = points_in(cells)
    read = geometries_from_cells(cells, np.arange(1, len(cells) + 1))
    for row, geometry in enumerate(read.geometries):
        is_point = geometry is not None and geometry.geom_type == "Point" and not geometry.is_empty
        assert is_point == (not np.isnan(found.x[row]))
        if is_point:
            assert (found.x[row], found.y[row]) == (geometry.x, geometry.y)
            assert (found.srids[row],) == srids_of(cells[row])
