"""The small map of a profile page: numbers and colours, nothing else."""

import re
from pathlib import Path

import pytest

from zones.map_sketch import element_sketch
from zones.map_style import ELEMENT_STYLES
from zones.plan import load_plan
from zones.seed import seed_store
from zones.snapshot import Snapshot, SnapshotFollower
from zones.sql_store import open_store

SEED = Path(__file__).parents[1] / "geodata" / "seed"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('sketch')}/zones.sqlite")
    seed_store(store, SEED)
    found = SnapshotFollower(store, load_plan(SEED)).current()
    store.close()
    return found


def test_sketch_draws_every_element_once(snapshot: Snapshot) -> None:
    sketch = element_sketch(snapshot)
    for style in ELEMENT_STYLES.values():
        assert sketch.count(f'stroke="{style.line}"') == 1


def test_sketch_is_small_enough_to_stand_in_a_page(snapshot: Snapshot) -> None:
    assert len(element_sketch(snapshot, "zone-manrong")) < 12_000


def test_chosen_zone_stands_out(snapshot: Snapshot) -> None:
    def strength(sketch: str, id_: str) -> float:
        found = re.search(rf'fill="{ELEMENT_STYLES[id_].colour}" fill-opacity="([\d.]+)"', sketch)
        assert found
        return float(found[1])

    sketch = element_sketch(snapshot, "zone-manrong")
    assert strength(sketch, "zone-manrong") > 2 * strength(sketch, "zone-sanhaojie")


def test_sketch_holds_no_text_and_no_script(snapshot: Snapshot) -> None:
    tags = set(re.findall(r"<(\w+)", element_sketch(snapshot)))
    assert tags == {"svg", "path"}


def test_all_paths_lie_within_the_frame(snapshot: Snapshot) -> None:
    sketch = element_sketch(snapshot)
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


def test_nothing_is_drawn_of_an_empty_store() -> None:
    assert element_sketch(Snapshot(0, {}, load_plan(SEED))) == ""
