"""The layers of a service of pictures: those of each collection that it shows, in one row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.http import parameters
from app.http.fault_status import NotFoundError, RequestError
from app.map_images.layer_list import collections_of, is_layer, title_of
from app.webservices.esri.layers import GeometryLayer, layers_of
from app.webservices.esri.query import SHOWN
from app.webservices.esri.service_and_layer_documents import layer_title
from zones.messages import Lang
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

DRAWN: Final = ("show", "hide", "include", "exclude")


@dataclass(frozen=True, slots=True)
class MapServiceLayer:
    """A layer by its number in the service."""

    number: int
    collection: Collection
    layer: GeometryLayer

    def title(self, lang: Lang) -> str:
        """Return the layer's title."""
        return layer_title(self.collection, self.layer, lang)


def map_layers(name: str, snapshot: Snapshot) -> tuple[MapServiceLayer, ...]:
    """Return the layers of the service of a name.

    Raises
    ------
    UnknownCollectionError
    """
    if not is_layer(name, snapshot):
        snapshot.collection(name)
    collections = [snapshot.collection(id_) for id_ in collections_of(snapshot, name)]
    pairs = ((each, layer) for each in collections for layer in layers_of(each))
    return tuple(MapServiceLayer(number, *pair) for number, pair in enumerate(pairs))


def map_layer(layers: Sequence[MapServiceLayer], name: str, number: str) -> MapServiceLayer:
    """Return the layer of a number.

    Raises
    ------
    NotFoundError
    """
    for each in layers:
        if number == str(each.number):
            return each
    raise NotFoundError("esri-layer", name=name, given=number[:20])


def named_layers(layers: Sequence[MapServiceLayer], text: str) -> tuple[MapServiceLayer, ...]:
    """Return the layers of a list of numbers, all where it is empty.

    Raises
    ------
    RequestError
        If one of them is none of the service's.
    """
    if not text.strip():
        return tuple(layers)
    last = len(layers) - 1
    numbers = {parameters.whole_number(n, "layers", low=0, high=last) for n in text.split(",")}
    return tuple(each for each in layers if each.number in numbers)


def collections_drawn(layers: Sequence[MapServiceLayer], text: str) -> tuple[str, ...]:
    """Return the collections that ``layers`` of ``export`` leaves on, such as ``show:0,2``.

    Raises
    ------
    RequestError
        If it is not understood, or parts layers of one collection, which are drawn together.
    """
    verb, _, numbers = text.strip().partition(":")
    known = ", ".join(f"{each}:0,1" for each in DRAWN)
    if verb.lower() not in DRAWN:
        loc, shown = ("query", "layers"), text[:SHOWN]
        raise RequestError("parameter-choice", loc=loc, name="layers", given=shown, choices=known)
    named = {each.number for each in named_layers(layers, numbers)} if numbers.strip() else set()
    # Every layer is on at first, so that what is included is there already.
    is_on = {
        each.number: each.number in named if verb.lower() == "show" else True for each in layers
    }
    if verb.lower() in {"hide", "exclude"}:
        is_on = {number: number not in named for number in is_on}
    on = dict.fromkeys(each.collection.info.id for each in layers if is_on[each.number])
    for each in layers:
        if each.collection.info.id in on and not is_on[each.number]:
            _refuse_part(layers, each.collection)
    return tuple(on)


def _refuse_part(layers: Sequence[MapServiceLayer], collection: Collection) -> None:
    together = [each.number for each in layers if each.collection is collection]
    raise RequestError(
        "esri-layers-together",
        loc=("query", "layers"),
        name=title_of(collection.info, "zh"),
        numbers=", ".join(map(str, together)),
    )
