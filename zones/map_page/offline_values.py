"""What a map in one file needs to know: the service's answers, and the names with their sounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from zones.map_page.layer_list import LayerGroup
from zones.messages import Lang
from zones.plan.element_profile import element_profile
from zones.plan.planned_and_measured import areas_table
from zones.search.find_by_name import searched_names
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

LARGEST_OWN_BYTES: Final = 600_000
"""Of all collections of one's own together: with them the file stays below two megabytes."""


@dataclass(frozen=True, slots=True)
class OfflineData:
    """The layers that are in the file, and what the page's scripts read instead of asking.

    ``left_out`` names the layers that would make it too large. ``answers`` are JSON documents as
    the service gives them, by path.
    """

    groups: tuple[LayerGroup, ...]
    left_out: tuple[str, ...]
    answers: Mapping[str, Any]
    names: Sequence[Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return what the page's scripts find under ``offline``."""
        return {"answers": self.answers, "names": self.names, "left_out": self.left_out}


def offline_data(
    snapshot: Snapshot, groups: Sequence[LayerGroup], urls: Mapping[str, str], lang: Lang
) -> OfflineData:
    """Return what a map in one file of these layers holds.

    Parameters
    ----------
    groups
        The layers to be in it; of those outside the plan, as many as there is room for.
    urls
        The paths ``plan`` and ``areas`` that the page's scripts ask at.
    """
    room = LARGEST_OWN_BYTES
    features: dict[str, Any] = {}
    left_out = []
    for layer in (layer for group in groups for layer in group.layers):
        collection = snapshot.collection(layer.id)
        text = None if layer.tiles else _features(collection)
        own = 0 if text is None or collection.info.part_of_plan else len(text)
        if text is None or own > room:
            left_out.append(layer.title)
            continue
        room -= own
        features[layer.url] = orjson.loads(text)
    return OfflineData(
        groups=tuple(_with_only(group, features) for group in groups),
        left_out=tuple(left_out),
        answers={**features, **_plan(snapshot, urls, lang)},
        names=_names(snapshot, {layer.id for group in groups for layer in group.layers}),
    )


def _with_only(group: LayerGroup, there: Mapping[str, Any]) -> LayerGroup:
    layers = (replace(layer, schema=None) for layer in group.layers if layer.url in there)
    return replace(group, layers=tuple(layers))


def _features(collection: Collection) -> bytes:
    listed = b",".join(collection.features_json(range(len(collection))))
    return b'{"type":"FeatureCollection","features":[%b]}' % listed


def _plan(snapshot: Snapshot, urls: Mapping[str, str], lang: Lang) -> dict[str, Any]:
    rows = [measure.as_json() for measure in snapshot.derived(areas_table)]
    profiles = {
        f"{urls['plan']}/{element.id}": element_profile(snapshot, element.id).as_json(lang)
        for element in snapshot.plan.elements
    }
    return {urls["areas"]: {"rows": rows}, **profiles}


def _names(snapshot: Snapshot, there: set[str]) -> list[dict[str, Any]]:
    return [
        {"hit": hit.as_json(), "names": [[n.text, n.alias, n.readings] for n in names]}
        for hit, names in searched_names(snapshot)
        if hit.collection in there
    ]
