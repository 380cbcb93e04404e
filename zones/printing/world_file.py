"""Where a picture of a sheet lies on the earth: world file and ``.prj``, as GIS read them."""

from zones.printing.map_view import SheetMap
from zones.printing.sheet_options import MM_PER_INCH


def world_file(shown: SheetMap, dpi: int) -> str:
    """Return the six lines: size of a pixel in metres, no turn, middle of the upper left pixel.

    The whole sheet is one picture, so that its corner lies outside the map, in the same system.
    """
    pixel_m = MM_PER_INCH / dpi / 1000 * shown.scale
    west, _, _, north = shown.bounds
    frame = shown.layout.frame
    x = west - frame.x / 1000 * shown.scale + pixel_m / 2
    y = north + frame.y / 1000 * shown.scale - pixel_m / 2
    lines = (pixel_m, 0.0, 0.0, -pixel_m, x, y)
    return "".join(f"{value:.10f}\n" for value in lines)
