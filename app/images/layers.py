"""The layers of map images: the whole plan as the map page shows it, and every collection."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.about import ABOUT, ABOUT_EN
from zones.mapping.layers import district_bbox
from zones.messages import Lang, say
from zones.model import BBox, CollectionInfo
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

PLAN: Final = "heping-plan"
"""The layer of the whole plan; no collection's id has a hyphen."""
DEFAULT: Final = "default"
UNLABELLED: Final = "unlabelled"
STYLES: Final = (DEFAULT, UNLABELLED)
"""With names and without; colours and signs are those of the map page in both."""


@dataclass(frozen=True, slots=True)
class ImageLayer:
    """A layer: what it is called, where it lies, and the collection it shows; None for the plan."""

    name: str
    title: str
    about: str
    extent: BBox | None
    collection: str | None


def image_layers(snapshot: Snapshot, lang: Lang) -> tuple[ImageLayer, ...]:
    """Return the whole plan, then every collection in the order of the map's list."""
    collections = (collection_layer(each, lang) for each in snapshot.collections.values())
    return (plan_layer(snapshot, lang), *collections)


def plan_layer(snapshot: Snapshot, lang: Lang) -> ImageLayer:
    """Return the layer of the whole plan, as maps show it at first."""
    title = say("images-plan-layer", lang).message
    about = ABOUT_EN if lang == "en" else ABOUT
    return ImageLayer(PLAN, title, about, district_bbox(snapshot), None)


def collection_layer(collection: Collection, lang: Lang) -> ImageLayer:
    """Return the layer of one collection."""
    info, english = collection.info, lang == "en"
    title = title_of(info, lang)
    about = (english and info.description_en) or info.description or ""
    return ImageLayer(info.id, title, about, collection.extent, info.id)


def title_of(info: CollectionInfo, lang: Lang) -> str:
    """Return a collection's title."""
    return (lang == "en" and info.title_en) or info.title or info.id


def is_layer(name: str, snapshot: Snapshot) -> bool:
    """Return whether a layer has that name."""
    return name == PLAN or name in snapshot.collections


def style_titles(lang: Lang) -> Mapping[str, str]:
    """Return the styles' titles by their names."""
    return {name: say(f"images-style-{name}", lang).message for name in STYLES}
