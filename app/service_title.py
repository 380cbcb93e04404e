"""What the service calls itself, and what it says it does."""

from typing import Final

TITLE: Final = "沈阳市和平区「六区两轴一带」"
TITLE_EN: Final = "Heping District, Shenyang: six zones, two axes, one belt"
ABOUT: Final = "规划分区的存储、量算、查询与地图。界线据规划文本勾绘，非官方界线。"
ABOUT_EN: Final = (
    "Stores, measures, finds and maps the plan's zones. "
    "Borders are digitised from the plan's text and are not official boundaries."
)
