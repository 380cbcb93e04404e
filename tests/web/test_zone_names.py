"""Every map that shows the zones whole names all six: in them, smaller, or beside with a line."""

from collections.abc import Callable
from itertools import combinations
from typing import Final

import pytest

from .conftest import PHONE, Visit

Visitor = Callable[..., Visit]
NAMES: Final = ("北市场", "南市场", "泛太原街", "三好街", "长白岛", "满融")
MAPS: Final = {
    "/?lang=zh": ".label-zone",
    "/locate?lang=zh": ".zone-label",
    "/map/print?lang=zh": ".zone-label",
    "/collections/zones/items?f=html&lang=zh": ".zone-label",
}
BOXES: Final = """(selector) => [...document.querySelectorAll(selector)].map((node) => {
    const box = node.getBoundingClientRect();
    return [node.textContent, box.left, box.top, box.right, box.bottom];
})"""


@pytest.mark.slow
@pytest.mark.parametrize("size", [PHONE, (1366, 768)], ids=["phone", "laptop"])
def test_all_six_zones_are_named_and_no_name_touches_another(
    visit: Visitor, size: tuple[int, int]
) -> None:
    one = visit(size)
    unnamed = {}
    for path, selector in MAPS.items():
        page = one.open(path)
        page.wait_for_selector(selector)
        page.wait_for_load_state("networkidle")
        boxes = page.evaluate(BOXES, selector)
        texts = [text for text, *_ in boxes]
        unnamed[path] = [name for name in NAMES if not any(name in text for text in texts)]
        touching = [
            (first[0], second[0])
            for first, second in combinations(boxes, 2)
            if first[1] < second[3]
            and second[1] < first[3]
            and first[2] < second[4]
            and second[2] < first[4]
        ]
        assert touching == [], path
    assert {path: names for path, names in unnamed.items() if names} == {}
