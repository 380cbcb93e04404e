"""What the plan says, read from its file."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from zones.errors import SeedError, UnknownFeatureError
from zones.plan_text import Plan, load_plan, read_plan


def test_plan_has_six_zones_two_axes_and_one_belt_in_order(plan: Plan) -> None:
    assert [e.type for e in plan.elements] == ["zone"] * 6 + ["axis"] * 2 + ["belt"]
    assert [e.order for e in plan.elements] == list(range(1, 10))


def test_planned_figures_are_those_of_the_text(plan: Plan) -> None:
    areas = [e.planned_area_km2 for e in plan.elements[:6]]
    lengths = [e.planned_length_km for e in plan.elements[6:]]
    assert areas == [2.6, 7, 9, 7.1, 10.7, 23.5]
    assert lengths == [10.8, 12, 12.9]
    assert [e.length_approx for e in plan.elements[6:]] == [False, True, False]


def test_every_subdistrict_is_in_exactly_one_zone(plan: Plan) -> None:
    listed = [id_ for element in plan.elements[:6] for id_ in element.subdistricts]
    assert sorted(listed) == sorted(subdistrict.id for subdistrict in plan.subdistricts)
    assert all(s.id in plan.element(s.zone).subdistricts for s in plan.subdistricts)


def test_elements_and_subdistricts_are_recognised_by_id_and_name(plan: Plan) -> None:
    first = plan.elements[0]
    assert plan.recognise("nothing", "北市场民族民俗产业集聚区") is first
    assert plan.recognise(None, 3, "zone-beishichang") is first
    assert plan.recognise("沈河区") is None
    found = plan.subdistrict(None, "210102021")
    assert found is not None
    assert found.name == "长白街道"


def test_conflict_c04_concerns_zones_five_and_six_and_the_axis_named_in_it(plan: Plan) -> None:
    concerned = [e.order for e in plan.elements if "c04" in {c.id for c in plan.conflicts_of(e)}]
    assert concerned == [5, 6, 7]


def test_element_lines_end_with_the_last_line_cited(plan: Plan) -> None:
    assert plan.element("zone-beishichang").lines == range(195, 206)
    assert plan.element("belt-hunhe").lines == range(298, 308)


def test_unknown_element_is_an_error_in_both_languages(plan: Plan) -> None:
    with pytest.raises(UnknownFeatureError) as caught:
        plan.element("zone-7")
    assert "zone-7" in caught.value.text("zh").message
    assert "/plan" in caught.value.text("en").hint


def test_plan_json_loses_nothing_that_was_read(plan: Plan) -> None:
    read_again = read_plan(orjson.loads(orjson.dumps(plan.as_json())))
    assert read_again == replace(plan, edition=read_again.edition)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"source": {"title": "x"}}'])
def test_broken_plan_file_is_a_seed_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(SeedError) as caught:
        load_plan(tmp_path)
    assert caught.value.code == "seed-plan-unreadable"


def test_missing_plan_file_is_a_seed_error(tmp_path: Path) -> None:
    with pytest.raises(SeedError):
        load_plan(tmp_path)
