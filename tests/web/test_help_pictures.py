"""The manual's pictures show the product as it is: each is taken again and compared."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from .help_pictures import FOLDER, LANGS, as_webp, picture_file, stage, taken
from .help_scenes import SCENES, Stage
from .pictures import differing_share

pytestmark = pytest.mark.slow
MOST_DIFFERING = 0.02
"""Share of pixels; packing and smoothed edges differ by less, another word or colour by more."""
MOST_BYTES = 1_000_000


@pytest.fixture(scope="module", params=["zh"])  # the English ones are of the same scenes
def set_up(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    with stage(request.param, tmp_path_factory.mktemp("pictures")) as prepared:
        yield prepared


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_shows_the_product_as_it_is(browser: Browser, set_up: Stage, name: str) -> None:
    kept = picture_file(set_up.lang, name).read_bytes()
    now = as_webp(browser, taken(browser, set_up, name))
    share = differing_share(browser, now, kept)
    assert share <= MOST_DIFFERING, f"{share:.1%} differ; renew: python3 tasks.py pictures {name}"


def test_another_picture_is_told_from_it(browser: Browser) -> None:
    one, other = (picture_file("zh", name).read_bytes() for name in ("upload", "decide"))
    assert differing_share(browser, one, one) == 0
    assert differing_share(browser, one, other) > MOST_DIFFERING


def test_there_are_just_these_pictures_and_they_are_small() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert set(files) == {picture_file(lang, name) for lang in LANGS for name in SCENES}
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
