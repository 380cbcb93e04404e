"""Rows and cells of a table: the readers of texts and of bytes agree, answers stand in place."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from zones.crs.transform import CRS
from zones.errors import ZonesError
from zones.formats.csv.delimiter import text_lines
from zones.formats.csv.split_rows import Row, RowReader
from zones.lookup.bulk_locator import build_bulk_locator
from zones.snapshot.model import Snapshot
from zones.streams.answer_column_names import parse_columns
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_scan import last_break, scan
from zones.streams.csv_stream import CSVStream

BREAKS = ("\n", "\r\n", "\r")
ANSWERS = ["zone_id", "certain", "locate_fault"]


@pytest.fixture(scope="module")
def task(seeded_snapshot: Snapshot) -> PointQuestion:
    locator = seeded_snapshot.derived(build_bulk_locator)
    return PointQuestion(locator, CRS.CRS84, parse_columns("zone_id,certain"))


def rows_of(text: str, delimiter: str = ",") -> list[Row]:
    return list(RowReader(text_lines(text), delimiter))


def answered(task: PointQuestion, text: bytes, step: int = 11) -> list[list[str]]:
    stream = CSVStream(task, CSVOptions())
    pieces = [text[at : at + step] for at in range(0, len(text), step)]
    told = b"".join([*(out for piece in pieces for out in stream.add(piece)), *stream.end()])
    return [row.cells for row in rows_of(told.decode())]


def written(rows: list[list[str]], line_break: str) -> str:
    """Return the text of rows, their cells quoted where they must be."""
    return "".join(",".join(map(_quoted, row)) + line_break for row in rows)


def _quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if any(mark in cell for mark in '",\r\n') else cell


@examples(400)
@given(st.text(st.sampled_from('ab",\n\r '), max_size=30))
def test_texts_and_bytes_are_parted_alike(text: str) -> None:
    found = scan(text.encode(), ord(","))
    rows = rows_of(text)
    assert found.cells().tolist() == [len(row.cells) for row in rows]
    opened = [at for at, row in enumerate(rows) if row.open_quote is not None]
    assert found.open_quotes.tolist() == opened


@examples(300)
@given(
    st.lists(st.lists(st.text(st.sampled_from('ab",\n\r '), max_size=6), min_size=2, max_size=3)),
    st.sampled_from(BREAKS),
)
def test_what_programs_write_is_read_as_it_was(rows: list[list[str]], line_break: str) -> None:
    assert [row.cells for row in rows_of(written(rows, line_break))] == rows


def test_the_csv_module_reads_the_same() -> None:
    text = 'a,"b, ""c""",5" pipe\r\n"x\ny",,\n'
    assert [row.cells for row in rows_of(text)] == list(csv.reader(io.StringIO(text, newline="")))


@examples(200)
@given(st.text(st.sampled_from('a",\n\r '), max_size=40), st.integers(1, 39))
def test_rows_that_are_whole_are_read_the_same_whatever_follows(text: str, cut: int) -> None:
    end = last_break(text[:cut].encode(), ord(","))
    before = [row.cells for row in rows_of(text[:end])]
    assert [row.cells for row in rows_of(text)][: len(before)] == before


def test_a_quote_that_nothing_closes_takes_in_no_row_below_it() -> None:
    rows = rows_of('name,n\n甲,"5寸管,1\n乙,"普通",2\n丙,"a"b,3\n"x\ny",4\n')
    assert [row.cells for row in rows] == [
        ["name", "n"],
        ["甲", '"5寸管', "1"],
        ["乙", "普通", "2"],
        ["丙", '"a"b', "3"],
        ["x\ny", "4"],
    ]
    assert [(row.line, row.open_quote) for row in rows] == [
        (1, None),
        (2, '"5寸管'),
        (3, None),
        (4, '"a"b'),
        (5, None),
    ]


names = st.lists(st.text(st.sampled_from('a甲 "'), max_size=3), max_size=3)
cells = st.text(st.sampled_from('a甲1 ",\n\r'), max_size=5)


@examples(300)
@given(
    names,
    st.lists(st.tuples(st.booleans(), st.lists(cells, max_size=6)), max_size=6),
    st.sampled_from(BREAKS),
    st.sampled_from([3, 1000]),
)
def test_every_cell_and_every_answer_stands_under_its_own_heading(
    task: PointQuestion,
    more: list[str],
    table: list[tuple[bool, list[str]]],
    line_break: str,
    step: int,
) -> None:
    header = ["lon", "lat", *more]
    given_rows = [[*(["123.405", "41.786"] if inside else ["", ""]), *row] for inside, row in table]
    told, *rows = answered(task, written([header, *given_rows], line_break).encode(), step)
    width = len(header)
    assert told[:width] == header
    assert [name.split("_2")[0] for name in told[width:]] == ANSWERS
    assert len(rows) == len(given_rows)
    for (inside, _), cells_given, row in zip(table, given_rows, rows, strict=True):
        padded = cells_given + [""] * (width - len(cells_given))
        assert row[:width] == padded[:width]
        zone, certain, fault = row[width : width + 3]
        surplus = cells_given[width:]
        if any(cell.strip() for cell in surplus):
            assert (zone, certain) == ("", "")
            assert fault.startswith("row-too-wide")
            kept = row[width + 3 :]
            assert kept == surplus[: len(kept)]
            assert not any(cell.strip() for cell in surplus[len(kept) :])
        elif inside:
            assert zone.startswith("zone-")
            assert fault == ""
        else:
            assert fault.startswith("coordinate-missing")


@examples(300)
@given(st.binary(max_size=60), st.sampled_from([b"", b"lon,lat\n", b"\xff\xfe", b"x;y\r", b'"']))
def test_no_bytes_are_anything_but_answered_or_told(
    task: PointQuestion, text: bytes, start: bytes
) -> None:
    stream = CSVStream(task, CSVOptions())
    try:
        list(stream.add(start + text))
        list(stream.end())
        _ = stream.tally.remarks
    except ZonesError as told:
        assert told.text("zh").message  # noqa: PT017 - whatever it is, it has words
