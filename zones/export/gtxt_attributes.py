"""Which properties stand where in the first line of a parcel of a 国土 TXT."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zones.export.export_options import ParcelLayout
from zones.model import JSON, CollectionInfo, Feature, Problem
from zones.properties.feature_name import feature_name

AREA, KIND = "地块面积", "图形属性"
_CODE, _NAME = "地块编号", "地块名称"
_USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    _CODE: ("DKBH", "DKBM", "BSM"),
    _NAME: ("DKMC", "XMMC", "名称", "name"),
    "图幅号": ("TFH",),
    "地块用途": ("DKYT", "YDYHFLMC", "YDXZMC"),
    "地类编码": ("DLBM", "YDYHFLDM", "YDXZDM"),
}
_MORE: Final = ("图斑类型", "地类", "改造前质量等别", "改造后质量等别", "备注")
_DESCRIPTION: Final = "描述"
_KIND_AT: Final = 2
_FULL_WIDTH: Final = str.maketrans({",": "，", "@": "＠", "\r": " ", "\n": " ", "\t": " "})
_MOST_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Attributes:
    """The property for each place; None where there is none. ``title`` names features."""

    places: tuple[str | None, ...]
    title: str | None

    def cells(self, feature: Feature, *, kind: str) -> list[str]:
        """Return the cells of a parcel behind its area."""
        texts = [_text(feature.properties.get(name)) if name else "" for name in self.places]
        texts[0] = texts[0] or _text(feature.fid)
        texts[1] = texts[1] or _text(feature_name(feature.properties, self.title))
        return [*texts[:_KIND_AT], kind, *texts[_KIND_AT:]]

    def stated_area(self, feature: Feature) -> str | None:
        """Return the hectares that a parcel has as a property."""
        value = feature.properties.get(AREA)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        rounded = f"{value:.4f}"
        return rounded if float(rounded) == value else repr(value)

    def remarks(self, features: Sequence[Feature], encoding: str) -> Iterator[Problem]:
        """Yield which properties have no place, and how many texts are written otherwise."""
        written = {*filter(None, self.places), AREA, KIND}
        others = dict.fromkeys(
            name for feature in features for name in feature.properties if name not in written
        )
        if others:
            fields = ", ".join(list(others)[:_MOST_LISTED])
            params: dict[str, JSON] = {"count": len(others), "fields": fields}
            yield Problem("export-gtxt-fields", params, "warning")
        texts = [
            str(value)
            for feature in features
            for name in self.places
            if name and (value := feature.properties.get(name)) is not None
        ]
        if odd := sum(text != text.translate(_FULL_WIDTH) for text in texts):
            yield Problem("export-gtxt-commas", {"count": odd}, "warning")
        if lost := sum(not _fits(text, encoding) for text in texts):
            yield Problem("export-gtxt-lost", {"count": lost, "encoding": encoding}, "warning")


def attributes_of(
    features: Sequence[Feature], info: CollectionInfo, layout: ParcelLayout
) -> Attributes:
    """Return where properties go: as the layout says, else by the names that they usually have."""
    names = dict.fromkeys(name for feature in features for name in feature.properties)
    if layout.fields:
        fields = (*layout.fields, *[""] * (len(_USUAL) - len(layout.fields)))
        return Attributes(tuple(name or None for name in fields), info.title_field)
    places: list[str | None] = [_found((name, *others), names) for name, others in _USUAL.items()]
    if any(name in names for name in _MORE):
        places += [name if name in names else None for name in _MORE]
    elif _DESCRIPTION in names:
        places.append(_DESCRIPTION)
    return Attributes(tuple(places), info.title_field)


def _found(candidates: Sequence[str], names: Mapping[str, None]) -> str | None:
    by_name = {name.casefold(): name for name in names}
    return next(
        (by_name[each.casefold()] for each in candidates if each.casefold() in by_name), None
    )


def _text(value: JSON) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.translate(_FULL_WIDTH).strip()


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
