"""Comparing pictures, in the browser itself: there is a decoder of PNG in it."""

import base64
from typing import Any

from playwright.sync_api import Browser

DIFFERENT = 64
"""Of 255: how far a colour may be off before a pixel counts as different; smoothed edges differ.
What is lighter than that, as a thin fill, is compared by ``commonest_colour``."""

READ = """const read = async (text) => {
        const image = new Image();
        image.src = "data:image/png;base64," + text;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
    };"""

COMPARE = """async ([one, other, different]) => {
    READ
    const [a, b] = [await read(one), await read(other)];
    if (a.width !== b.width || a.height !== b.height) return 1;
    const same = (i, j) => [0, 1, 2].every(
        (channel) => Math.abs(a.data[i + channel] - b.data[j + channel]) <= different
    );
    const steps = [-1, 0, 1];
    let off = 0;
    for (let y = 1; y < a.height - 1; y += 1) {
        for (let x = 1; x < a.width - 1; x += 1) {
            const at = (dx, dy) => 4 * ((y + dy) * a.width + x + dx);
            const near = (has) => steps.some((dx) => steps.some((dy) => has(at(dx, dy))));
            if (!near((j) => same(at(0, 0), j)) || !near((i) => same(i, at(0, 0)))) off += 1;
        }
    }
    return off / ((a.width - 2) * (a.height - 2));
}""".replace("READ", READ)

COMMONEST = """async (text) => {
    READ
    const { data } = await read(text);
    const counts = new Map();
    for (let i = 0; i < data.length; i += 4) {
        const colour = data.slice(i, i + 3).join();
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1])[0][0];
}""".replace("READ", READ)


def differing_share(browser: Browser, one: bytes, other: bytes) -> float:
    """Return the share of pixels whose colour the other picture has neither there nor beside it.

    Leaflet rounds what it draws from GeoJSON to whole pixels, so a line may be one pixel off.
    """
    share: float = _evaluated(browser, COMPARE, [_text(one), _text(other), DIFFERENT])
    return share


def commonest_colour(browser: Browser, picture: bytes) -> str:
    """Return the colour that most pixels have, as ``red,green,blue``."""
    colour: str = _evaluated(browser, COMMONEST, _text(picture))
    return colour


def _text(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


def _evaluated(browser: Browser, function: str, argument: object) -> Any:
    page = browser.new_page()
    try:
        return page.evaluate(function, argument)
    finally:
        page.close()
