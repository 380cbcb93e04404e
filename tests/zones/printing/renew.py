"""Makes the pictures that layouts are compared with: run it, look at them, commit them."""

from pathlib import Path
from typing import Any

from tests.paths import ROOT
from tests.png_pixels import plain_png, png_pixels
from zones.plan.seed import read_seed
from zones.plan_text import load_plan
from zones.printing.make_sheet import make_sheet
from zones.printing.sheet_options import Form, SheetOrder, Size
from zones.snapshot.model import snapshot_from

REFERENCE = Path(__file__).parent / "pictures"
DPI = 40
LAYOUTS: dict[str, dict[str, Any]] = {
    "landscape": {"size": Size.A4, "landscape": True, "element": "zone-changbaidao"},
    "portrait": {"size": Size.A4, "landscape": False},
}


def main() -> None:
    """Write every picture anew."""
    seed = ROOT / "geodata" / "seed"
    snapshot = snapshot_from(read_seed(seed), load_plan(seed))
    REFERENCE.mkdir(exist_ok=True)
    for name, given in LAYOUTS.items():
        order = SheetOrder(form=Form.PNG, dpi=DPI, made_on="2026-11-30", **given)
        pixels = png_pixels(make_sheet(snapshot, order).body)
        (REFERENCE / f"{name}.png").write_bytes(plain_png(pixels))


if __name__ == "__main__":
    main()
