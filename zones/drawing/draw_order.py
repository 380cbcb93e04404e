"""In which order what is drawn lies over each other, on the screen and on paper."""

from typing import Final

PANES: Final = (
    "ground",
    "neighbours",
    "district",
    "zones",
    "water",
    "subdistricts",
    "belts",
    "streets",
    "disputes",
    "zone-lines",
    "belt-lines",
    "district-line",
    "borders",
    "selection",
    "axes",
    "own",
    "sites",
    "labels",
)
"""Lowest first. Water lies over the zones' fills, or it would not look like water."""

ORDER: Final = {name: number for number, name in enumerate(PANES)}
