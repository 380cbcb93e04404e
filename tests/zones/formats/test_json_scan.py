import json
import random

import pytest

from zones.errors import SourceError, SourceLimitError
from zones.formats.geojson import json_scan
from zones.formats.geojson.json_scan import elements, scan


def parts(text: str) -> list[str]:
    """Return the elements of the array in ``{"f": [...]}`` as texts."""
    raw = text.encode()
    skeleton = scan(raw, most_marks=10_000)
    found = [
        int(at) for at in skeleton.positions[skeleton.depths == 2] if raw[at : at + 1] in b"[]"
    ]
    spans = elements(skeleton, opening=found[0], closing=found[-1])
    return [raw[start:end].decode() for start, end in spans]


def refusal(text: str) -> str:
    with pytest.raises(SourceError) as caught:
        scan(text.encode(), most_marks=10_000)
    return caught.value.code


def test_elements_are_cut_at_the_commas_of_their_own_level() -> None:
    assert parts('{"f": [{"a": [1,2]}, 3 ,"x,y"]}') == ['{"a": [1,2]}', " 3 ", '"x,y"']


def test_brackets_commas_and_escaped_quotes_in_strings_do_not_count() -> None:
    assert parts(r'{"f": ["[{,\"]", "\\", "\\\"," ]}') == [r'"[{,\"]"', r' "\\"', r' "\\\"," ']


def test_chunks_of_any_length_give_the_same_skeleton(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)  # noqa: S311 - repeatable
    marks = ['"', "\\", "[", "]", "{", "}", ",", "x"]
    rows = [{"k": ["".join(rng.choices(marks, k=9)), index]} for index in range(40)]
    text = json.dumps({"f": rows})
    whole = parts(text)
    assert [json.loads(part) for part in whole] == rows
    for size in (1, 2, 3, 7, 64):
        monkeypatch.setattr(json_scan, "_CHUNK_BYTES", size)
        assert parts(text) == whole


def test_thirty_two_levels_are_taken_and_one_more_is_not() -> None:
    scan(b"[" * 32 + b"]" * 32, most_marks=10)
    assert refusal("[" * 33 + "]" * 33) == "json-too-deep"
    assert refusal("[" * 1_000_000) == "json-too-deep"


def test_a_long_number_is_told_by_its_line() -> None:
    with pytest.raises(SourceError) as caught:
        scan(b"[1,\n" + b'"' + b"7" * 40 + b'",\n' + b"1" * 31 + b"]", most_marks=10)
    assert (caught.value.code, caught.value.params["line"]) == ("json-long-number", 3)


def test_long_numbers_are_refused_and_long_digits_in_strings_are_not() -> None:
    scan(f'["{"1" * 100}", {"1" * 30}]'.encode(), most_marks=10)
    assert refusal(f"[{'1' * 31}]") == "json-long-number"


@pytest.mark.parametrize("before", [0, 1, 15, 30, 31])
def test_a_long_number_across_two_pieces_of_the_text_is_refused(before: int) -> None:
    blanks = " " * (1024 * 1024 - 1 - before)
    assert refusal(f"[{blanks}{'1' * 31}]") == "json-long-number"
    scan(f"[{blanks}{'1' * 30}]".encode(), most_marks=10)


def test_texts_that_stay_open_or_close_too_much_are_refused() -> None:
    assert refusal('{"a": [1, 2') == "json-truncated"
    assert refusal('{"a": "') == "json-truncated"
    assert refusal('{"a": 1}}') == "json-invalid"


def test_more_marks_near_the_root_than_allowed_are_refused() -> None:
    with pytest.raises(SourceLimitError):
        scan(b"[" + b"1," * 100 + b"1]", most_marks=50)
