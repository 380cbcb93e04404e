"""What of the chosen collections is near a view: strokes, shapes, and the features to be named."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.drawing.crowded_features import crowd_shapes, is_crowd, spacing_px
from zones.drawing.draw_order import ORDER
from zones.drawing.draw_plan_layers import Stroke, Subject, is_plan_layer, plan_strokes
from zones.drawing.draw_staff_layers import own_strokes
from zones.drawing.drawing_request import DrawingRequest
from zones.drawing.highlight_element import highlight_strokes
from zones.drawing.many_areas import are_many_areas, area_shapes, in_view
from zones.drawing.model import CrowdShape, Shape, Viewport
from zones.drawing.project_to_pixels import view_degrees
from zones.drawing.staff_layer_style import Symbology, symbology_of
from zones.drawing.visible_features import elements_drawn, is_shown, not_drawn
from zones.model import BBox
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot


@dataclass(slots=True)
class FeaturesInView:
    """What is near a view.

    Attributes
    ----------
    drawn
        In the order in which it is drawn; what is drawn together is in pixels already.
    layers
        The features of each collection that are drawn one by one.
    areas
        The collections whose areas are drawn together, with the numbers of those near the view.
    """

    drawn: list[Stroke | Shape | CrowdShape] = field(default_factory=list)
    layers: list[list[Subject]] = field(default_factory=list)
    areas: list[tuple[Collection, NDArray[np.int64]]] = field(default_factory=list)

    def highlight(self, element: str) -> None:
        """Make the features of an element of the plan stand out."""
        subjects = [each for layer in self.layers for each in layer if each.element == element]
        self.drawn += highlight_strokes(subjects)

    def sort(self) -> None:
        """Bring all into the order of panes; what is drawn together lies where features would."""
        self.drawn.sort(key=lambda each: ORDER[each.pane if isinstance(each, Stroke) else "own"])


def features_in_view(
    snapshot: Snapshot, viewport: Viewport, request: DrawingRequest
) -> FeaturesInView:
    """Return what of the collections of a request is near the view.

    Raises
    ------
    UnknownCollectionError
        If a collection that is asked for does not exist.
    """
    view = FeaturesInView()
    for id_ in collections_of(snapshot, request.collections):
        collection = snapshot.collection(id_)
        near = _near(collection, viewport)
        symbology = _symbology(collection, request)
        if symbology is not None and is_crowd(collection, len(near), viewport):
            view.drawn.extend(crowd_shapes(collection, near, symbology, viewport))
        elif symbology is not None and are_many_areas(collection, near, symbology, viewport):
            near = in_view(collection, near, viewport)
            view.drawn.extend(area_shapes(collection, near, symbology, viewport))
            view.areas.append((collection, near))
        else:
            view.layers.append(_subjects(snapshot, collection, near))
            view.drawn.extend(_strokes(view.layers[-1], viewport, request))
    if request.highlight:
        view.highlight(request.highlight)
    view.sort()
    return view


def collections_of(snapshot: Snapshot, chosen: Sequence[str] | None) -> list[str]:
    """Return the ids of the collections that are drawn, in the snapshot's order.

    Raises
    ------
    UnknownCollectionError
    """
    for id_ in chosen or ():
        snapshot.info(id_)
        if id_ not in snapshot.collections:
            snapshot.collection(id_)
    return [
        id_
        for id_ in snapshot.collections
        if (is_shown(snapshot.info(id_)) if chosen is None else id_ in chosen)
    ]


def _near(collection: Collection, viewport: Viewport) -> NDArray[np.int64]:
    """Return the features of a collection that are near the view, in their order."""
    box = BBox(*view_degrees(viewport))
    near: NDArray[np.int64] = np.sort(collection.tree.query(shapely.box(*box)))
    return near


def _symbology(collection: Collection, request: DrawingRequest) -> Symbology | None:
    """Return how features are drawn; None where each of the plan's has a look of its own."""
    info = collection.info
    symbology = request.symbologies.get(info.id)
    if symbology is None and is_plan_layer(info.id):
        return None
    return symbology or symbology_of(info)


def _subjects(snapshot: Snapshot, collection: Collection, near: NDArray[np.int64]) -> list[Subject]:
    """Return features of a collection, without those that apply no longer."""
    id_ = collection.info.id
    elements = snapshot.derived(_elements)
    hidden = snapshot.derived(not_drawn)
    geometries = collection.geometries
    return [
        Subject(
            collection,
            fid,
            geometries[number],
            collection.properties[number],
            elements.get(f"{id_}/{fid}", fid),
            number,
        )
        for number in near.tolist()
        if f"{id_}/{(fid := collection.fids[number])}" not in hidden
        and not geometries[number].is_empty
    ]


def _elements(snapshot: Snapshot) -> Mapping[str, str]:
    return elements_drawn(snapshot)


def _strokes(layer: list[Subject], viewport: Viewport, request: DrawingRequest) -> Iterator[Stroke]:
    if not layer:
        return
    collection = layer[0].collection
    symbology = _symbology(collection, request)
    if symbology is None:
        for subject in layer:
            yield from plan_strokes(subject)
        return
    yield from own_strokes(layer, symbology, spacing_px(collection, viewport))
