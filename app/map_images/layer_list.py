"""The layers of map images: the whole plan as the map page shows it, and every collection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.service_title import ABOUT, ABOUT_EN
from zones.drawing.visible_features import is_shown
from zones.map_page.layer_list import district_bbox
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


def collections_shown(snapshot: Snapshot, layers: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of all collections of the layers, each once."""
    every = (id_ for name in layers for id_ in collections_of(snapshot, name))
    return tuple(dict.fromkeys(every))


def collections_of(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    """Return the ids of the collections of one layer."""
    if name != PLAN:
        return (name,)
    entries = snapshot.parts.items()
    return tuple(id_ for id_, entry in entries if is_shown(entry.info))


def data_extent(snapshot: Snapshot, layers: Sequence[str]) -> BBox:
    """Return where the layers have something to show; the district where they have nothing."""
    collections = map(snapshot.collection, collections_shown(snapshot, layers))
    extents = [extent for each in collections if (extent := each.extent)]
    if not extents:
        return district_bbox(snapshot)
    west, south, east, north = zip(*extents, strict=True)
    return BBox(min(west), min(south), max(east), max(north))


def layer_extent(snapshot: Snapshot, name: str) -> BBox:
    """Return where a layer has something to show.

    Raises
    ------
    UnknownCollectionError
    """
    return data_extent(snapshot, (name,))
