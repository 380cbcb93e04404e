"""The small map of a profile page: numbers and colours, nothing else."""

import re

from zones.drawing.plan_element_colours import ELEMENT_STYLES
from zones.map_page.small_map_svg import element_sketch
from zones.plan_text import Plan
from zones.snapshot.model import Snapshot


def test_sketch_draws_every_element_once(seeded_snapshot: Snapshot) -> None:
    sketch = element_sketch(seeded_snapshot)
    for style in ELEMENT_STYLES.values():
        assert sketch.count(f'stroke="{style.line}"') == 1


def test_sketch_is_small_enough_to_stand_in_a_page(seeded_snapshot: Snapshot) -> None:
    assert len(element_sketch(seeded_snapshot, "zone-manrong")) < 12_000


def test_chosen_zone_stands_out(seeded_snapshot: Snapshot) -> None:
    def strength(sketch: str, id_: str) -> float:
        found = re.search(rf'fill="{ELEMENT_STYLES[id_].colour}" fill-opacity="([\d.]+)"', sketch)
        assert found
        return float(found[1])

    sketch = element_sketch(seeded_snapshot, "zone-manrong")
    assert strength(sketch, "zone-manrong") > 2 * strength(sketch, "zone-sanhaojie")


def test_sketch_holds_no_text_and_no_script(seeded_snapshot: Snapshot) -> None:
    tags = set(re.findall(r"<(\w+)", element_sketch(seeded_snapshot)))
    assert tags == {"svg", "path"}


def test_all_paths_lie_within_the_frame(seeded_snapshot: Snapshot) -> None:
    sketch = element_sketch(seeded_snapshot)
    frame = re.search(r'viewBox="(-?\d+) (-?\d+) (\d+) (\d+)"', sketch)
    assert frame
    x, y, width, height = map(int, frame.groups())
    zones = [
        d for d, rest in re.findall(r'<path d="([^"]+)" ([^/]+)', sketch) if 'opacity="0.62' in rest
    ]
    assert len(zones) == 6
    for path in zones:
        numbers = [int(n) for n in re.findall(r"-?\d+", path)]
        assert all(x <= n <= x + width for n in numbers[::2])
        assert all(y <= n <= y + height for n in numbers[1::2])


def test_nothing_is_drawn_of_an_empty_store(plan: Plan) -> None:
    assert element_sketch(Snapshot(0, {}, plan)) == ""
