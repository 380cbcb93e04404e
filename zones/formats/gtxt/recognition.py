"""Whether a text is a 国土 TXT, told by its content: its suffix may be any."""

from itertools import pairwise

from zones.formats.csv.delimiter import text_lines
from zones.formats.gtxt.lines import COORDINATES, ParcelLine, PointLine, SectionStart, line_read


def is_gtxt(start: str) -> bool:
    r"""Return whether a text that begins so has a section of coordinates, or a parcel.

    Examples
    --------
    >>> is_gtxt("[地块坐标]"), is_gtxt("名称,经度,纬度")
    (True, False)
    >>> is_gtxt("5,1.8,DK-002,@\nJ1,1,4626950.0,41533200.0")
    True
    """
    if COORDINATES not in start and "@" not in start:
        return False
    lines = (line_read(line, 0, in_header=True) for line in text_lines(start))
    found = [line for line in lines if line is not None]
    return any(
        isinstance(line, SectionStart) and line.name == COORDINATES for line in found
    ) or any(
        isinstance(one, ParcelLine) and isinstance(other, PointLine)
        for one, other in pairwise(found)
    )
