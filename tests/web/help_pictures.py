"""Make the manual's pictures from the running product: ``python3 tasks.py pictures [name ...]``."""

import base64
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.paths import ROOT, SEED_DIR
from zones.plan.seed import seed_store
from zones.store.open_store import open_store

from .conftest import CHROMIUM, CHROMIUM_OPTIONS, running_service
from .help_scenes import SCENES, SIZE, Stage, prepared, shot

FOLDER: Final = ROOT / "app" / "web" / "static" / "img" / "help"
LANGS: Final = ("zh", "en")
QUALITY: Final = 0.62
AS_WEBP: Final = """async ([text, quality]) => {
    const image = new Image();
    image.src = "data:image/png;base64," + text;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return btoa(binary);
}"""


def picture_file(lang: str, name: str) -> Path:
    """Return where a picture is kept."""
    return FOLDER / lang / f"{name}.webp"


@contextmanager
def stage(lang: str, folder: Path) -> Iterator[Stage]:
    """Run a service of its own with what the pictures show."""
    store = folder / f"pictures-{lang}.sqlite"
    opened = open_store(f"sqlite:///{store}")
    seed_store(opened, SEED_DIR)
    opened.close()
    with running_service(store, min_free_mb="0", lang=lang) as base:
        yield prepared(base, lang, folder)


def taken(browser: Browser, stage: Stage, name: str) -> bytes:
    """Return a scene as PNG, in a window of its own."""
    width, height = SIZE
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale={"zh": "zh-CN", "en": "en-GB"}[stage.lang],
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    try:
        return shot(context.new_page(), stage, name)
    finally:
        context.close()


def as_webp(browser: Browser, png: bytes) -> bytes:
    """Return a picture as WebP, packed by the browser itself."""
    page = browser.new_page()
    try:
        packed = page.evaluate(AS_WEBP, [base64.b64encode(png).decode(), QUALITY])
    finally:
        page.close()
    return base64.b64decode(packed)


def make(names: Iterable[str]) -> None:
    """Take the named pictures in each language and keep them."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        for lang in LANGS:
            with stage(lang, Path(folder)) as set_up:
                for name in names:
                    file = picture_file(lang, name)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(as_webp(browser, taken(browser, set_up, name)))
                    print(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1024} kB", flush=True)
        browser.close()


if __name__ == "__main__":
    make(sys.argv[1:] or SCENES)
