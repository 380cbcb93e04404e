"""Each layout beside a picture of it that was looked at; ``renew.py`` makes them anew."""

import numpy as np
import pytest

from tests.png_pixels import png_pixels
from tests.zones.printing.renew import DPI, LAYOUTS, REFERENCE
from zones.printing.make_sheet import make_sheet
from zones.printing.sheet_options import Form, SheetOrder
from zones.snapshot.model import Snapshot

MOST_CHANGED = 0.02
"""Of the pixels: editions of a font or of typst move letters a little."""


@pytest.mark.slow
@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_looks_as_it_did(seeded_snapshot: Snapshot, name: str) -> None:
    order = SheetOrder(form=Form.PNG, dpi=DPI, made_on="2026-11-30", **LAYOUTS[name])
    now = png_pixels(make_sheet(seeded_snapshot, order).body).astype(int)
    before = png_pixels((REFERENCE / f"{name}.png").read_bytes()).astype(int)
    assert now.shape == before.shape
    changed = (np.abs(now - before) > 40).any(axis=2).mean()
    assert changed < MOST_CHANGED
