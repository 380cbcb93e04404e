"""The looks that staff give a collection, as data."""

import pytest

from zones.drawing.plan_layer_style import LOOKS
from zones.drawing.staff_layer_style import read_symbology
from zones.errors import ValidationError

USUAL = LOOKS["own"]


def test_one_look_for_all_keeps_what_it_leaves_open() -> None:
    style = read_symbology({"fill": "#FFCC00"}, usual=USUAL).style_of({})
    assert (style.fill, style.stroke) == ("#ffcc00", USUAL.stroke)


def test_category_is_found_by_text_and_by_number() -> None:
    told = {"property": "use", "categories": [{"values": ["R", 2], "fill": "#112233"}]}
    symbology = read_symbology(told, usual=USUAL)  # type: ignore[arg-type]
    fills = [symbology.style_of({"use": value}).fill for value in ("R", 2, "2", "B", None)]
    assert fills == ["#112233"] * 3 + [USUAL.fill] * 2


def test_bound_of_a_class_belongs_to_the_next() -> None:
    classes = [{"below": 3, "fill": "#000001"}, {"below": None, "fill": "#000002"}]
    symbology = read_symbology({"property": "floors", "classes": classes}, usual=USUAL)  # type: ignore[dict-item]
    fills = [symbology.style_of({"floors": value}).fill for value in (2.9, 3, "3")]
    assert fills == ["#000001", "#000002", USUAL.fill]


@pytest.mark.parametrize(
    ("told", "loc"),
    [
        ("red", ("style",)),
        ({"fill": "red"}, ("style", "fill")),
        ({"fill": 'red"/><script>'}, ("style", "fill")),
        ({"stroke_width": float("nan")}, ("style", "stroke_width")),
        ({"stroke_width": 1e9}, ("style", "stroke_width")),
        ({"dash": [0, 0]}, ("style", "dash")),
        ({"colour": "#112233"}, ("style", "colour")),
        ({"categories": []}, ("style", "categories")),
        (
            {"property": "a", "categories": [{"values": [None]}]},
            ("style", "categories", 0, "values"),
        ),
        ({"property": "", "categories": [{"values": [1]}]}, ("style", "property")),
        ({"property": "a", "classes": [{"below": 2}, {"below": 1}]}, ("style", "classes")),
        ({"property": "a", "classes": [{"below": None}, {"below": 1}]}, ("style", "classes")),
    ],
)
def test_unusable_value_is_named_with_its_place(told: object, loc: tuple[object, ...]) -> None:
    with pytest.raises(ValidationError) as fault:
        read_symbology(told, usual=USUAL)  # type: ignore[arg-type]
    assert fault.value.loc == loc
