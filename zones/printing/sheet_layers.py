"""The layers of a sheet, which readers of PDF switch: collections, names, grid, and the margin.

The map becomes several pictures over each other. What each of them, and each part of the margin,
belongs to is said by the number of a layer; ``pdf_layers.py`` turns these into the layers of a PDF.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from zones.drawing.model import CrowdShape, Drawing, Label, Shape
from zones.drawing.svg import svg_text
from zones.messages import Lang, say
from zones.printing.map_view import SheetMap
from zones.snapshot.model import Snapshot

NAMES, GRID = "names", "grid"
MARGIN: Final = ("north", "title", "legend", "overview", "scale", "notes", "facts")
_DECIMALS: Final = 2


@dataclass(frozen=True, slots=True)
class SheetLayer:
    """A layer by its title; ``is_margin`` tells what is round the map from what is in it."""

    title: str
    is_margin: bool = False


@dataclass(frozen=True, slots=True)
class SheetLayers:
    """The layers of a document as readers list them, the highest first; they count from 1.

    ``parts`` has the numbers of names, grid and what is round the map, ``collections`` those of
    collections, by their ids.
    """

    layers: tuple[SheetLayer, ...]
    parts: Mapping[str, int]
    collections: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A part of a map as SVG, and the layers that it is seen with if all of them are on.

    ``alt`` is what it shows, for who cannot see it; None where that is nothing.
    """

    svg: str
    layers: tuple[int, ...] = ()
    alt: str | None = None


def sheet_layers(snapshot: Snapshot, maps: Sequence[SheetMap], lang: Lang) -> SheetLayers:
    """Return the layers of a document's maps; collections that none of them shows have none."""
    shown = {each.collection for one in maps for each in (*one.drawing.shapes, *one.drawing.labels)}
    ids = [id_ for id_ in reversed([*snapshot.collections]) if id_ in shown]
    names = [NAMES, *ids, GRID, *MARGIN]
    numbers = {name: number for number, name in enumerate(names, start=1)}
    layers = [SheetLayer(_title(snapshot, name, lang), is_margin=name in MARGIN) for name in names]
    parts = {name: numbers[name] for name in (NAMES, GRID, *MARGIN)}
    return SheetLayers(tuple(layers), parts, {id_: numbers[id_] for id_ in ids})


def _title(snapshot: Snapshot, name: str, lang: Lang) -> str:
    if name in {NAMES, GRID, *MARGIN}:
        return say(f"print-layer-{name}", lang).message
    info = snapshot.info(name)
    return (info.title_en if lang == "en" else info.title) or name


def map_pictures(shown: SheetMap, layers: SheetLayers) -> Iterator[MapPicture]:
    """Yield the pictures that a map is made of, the lowest first."""
    drawing = shown.drawing
    yield MapPicture(_svg(replace(drawing, shapes=(), labels=())))
    for collection, run in groupby(
        (shape for shape in drawing.shapes if _named(shape) is None),
        key=lambda shape: shape.collection,
    ):
        number = layers.collections[collection] if collection else layers.parts[GRID]
        title = layers.layers[number - 1].title
        yield MapPicture(_svg(_part(drawing, [*run], [])), (number,), title)
    yield from _names(drawing, layers)


def _names(drawing: Drawing, layers: SheetLayers) -> Iterator[MapPicture]:
    """Yield the names of each collection and what is drawn under them: no two lie on each other."""
    for collection in dict.fromkeys(label.collection or "" for label in drawing.labels):
        under = [shape for shape in drawing.shapes if _named(shape) == collection]
        labels = [label for label in drawing.labels if label.collection == collection]
        numbers = [layers.parts[NAMES]]
        if collection in layers.collections:
            numbers.append(layers.collections[collection])
        texts = dict.fromkeys(label.text.replace("\n", "") for label in labels)
        yield MapPicture(_svg(_part(drawing, under, labels)), tuple(numbers), ", ".join(texts))


def _named(shape: Shape | CrowdShape) -> str | None:
    """Return the collection whose names a shape belongs to; None for what is drawn by itself."""
    return shape.names_of if isinstance(shape, Shape) else None


def _part(
    drawing: Drawing, shapes: Sequence[Shape | CrowdShape], labels: Sequence[Label]
) -> Drawing:
    return replace(drawing, shapes=tuple(shapes), labels=tuple(labels), background=None)


def _svg(drawing: Drawing) -> str:
    return svg_text(drawing, decimals=_DECIMALS)
