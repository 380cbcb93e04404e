"""Which layers the map page lists, in which groups, and what is shown at first."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zones.drawing.plan_element_colours import ELEMENT_STYLES, ElementStyle
from zones.drawing.visible_features import is_shown
from zones.map_page.leaflet_path_options import leaflet_symbology
from zones.messages import Lang, say
from zones.model import BBox
from zones.plan_text import Element, PlanSubdistrict
from zones.snapshot.collection import Collection as FeatureCollection
from zones.snapshot.model import Snapshot
from zones.snapshot.settled_by_official import is_official_layer
from zones.tiles.prepared_source import fid_key

GROUPS = ("zones", "axes", "belts", "subdistricts", "sites", "evidence", "own", "base")
"""In the order of the list; collections of any other group are listed with ``own``."""

TABLE = "table"
"""The group of collections that are lists of values; no map shows them."""

MOST_AS_GEOJSON = 2_000
"""A collection of staff with more features is drawn from vector tiles: as GeoJSON, features like
parcels are a megabyte a thousand, and every one would be drawn wherever the reader looks."""


@dataclass(frozen=True, slots=True)
class ListedLayer:
    """A collection as the page's list shows it; ``url`` delivers its features as GeoJSON.

    ``tiles`` is the address of its tileset when it is drawn from that, ``extent`` then where it
    lies, and ``fid_key`` the attribute that says a feature's id, None where that is the number
    that tiles call ``id``. ``title_field`` is the property that names the features, None for
    ``name``; ``schema`` where the titles of properties are, None where they have none;
    ``colour`` is the one chosen for it, None for the usual one; ``symbology`` how staff styled it.
    """

    id: str
    title: str
    description: str
    group: str
    url: str
    count: int
    visible: bool
    tiles: str | None = None
    extent: BBox | None = None
    fid_key: str | None = None
    title_field: str | None = None
    schema: str | None = None
    colour: str | None = None
    symbology: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class LayerGroup:
    """Layers under one heading."""

    id: str
    title: str
    layers: tuple[ListedLayer, ...]


@dataclass(frozen=True, slots=True)
class MapElement:
    """One of the nine elements as the page names and draws it; ``label`` is its short name."""

    id: str
    type: str
    order: int
    name: str
    label: str
    style: ElementStyle


def layer_groups(
    snapshot: Snapshot,
    url_of: Callable[[str], str],
    tiles_of: Callable[[str], str],
    *,
    lang: Lang,
    visible: Collection[str] | None = None,
    schema_of: Callable[[str], str] = lambda id_: f"/collections/{id_}/schema",
) -> tuple[LayerGroup, ...]:
    """Return every collection of the snapshot in its group; groups without layers are left out.

    Parameters
    ----------
    url_of
        Returns the address of the features of a collection.
    tiles_of
        Returns the address of a collection's tileset in ``WebMercatorQuad``.
    schema_of
        Returns the address of the schema of a collection's features.
    visible
        Ids of the collections to show at first; by default those of the plan without the evidence,
        and those of one's own that are to be shown.

    Raises
    ------
    UnknownCollectionError
        If ``visible`` names a collection that does not exist.
    """
    for collection_id in visible or ():
        snapshot.collection(collection_id)
    layers = [
        _layer(collection, url_of, tiles_of, schema_of, lang=lang, visible=visible)
        for collection in snapshot.collections.values()
        if collection.info.group != TABLE
    ]
    groups = (
        LayerGroup(
            group,
            say(f"map-group-{group}", lang).message,
            tuple(layer for layer in layers if layer.group == group),
        )
        for group in GROUPS
    )
    return tuple(group for group in groups if group.layers)


def _layer(
    collection: FeatureCollection,
    url_of: Callable[[str], str],
    tiles_of: Callable[[str], str],
    schema_of: Callable[[str], str],
    *,
    lang: Lang,
    visible: Collection[str] | None,
) -> ListedLayer:
    info = collection.info
    english = lang == "en"
    group = info.group if info.group in GROUPS else "own"
    is_tiled = group == "own" and len(collection) > MOST_AS_GEOJSON and bool(collection.extent)
    return ListedLayer(
        id=info.id,
        title=(info.title_en if english else info.title) or info.id,
        description=info.description_en if english else info.description,
        group=group,
        url=url_of(info.id),
        count=len(collection),
        visible=is_shown(info) if visible is None else info.id in visible,
        tiles=tiles_of(info.id) if is_tiled else None,
        extent=collection.extent if is_tiled else None,
        fid_key=fid_key(collection) if is_tiled else None,
        title_field=info.title_field,
        schema=schema_of(info.id) if info.fields else None,
        colour=info.colour,
        symbology=leaflet_symbology(info),
    )


def drawn_from_tiles(collection: FeatureCollection, tiles: str) -> ListedLayer:
    """Return a collection of staff as a layer of its own that is drawn from tiles."""
    info = collection.info
    return ListedLayer(
        id=info.id,
        title=info.title or info.id,
        description="",
        group="own",
        url="",
        count=len(collection),
        visible=True,
        tiles=tiles,
        extent=collection.extent,
        fid_key=fid_key(collection),
        title_field=info.title_field,
        colour=info.colour,
        symbology=leaflet_symbology(info),
    )


def map_elements(snapshot: Snapshot, lang: Lang) -> tuple[MapElement, ...]:
    """Return the plan's elements in their order, with their signs."""
    return tuple(
        MapElement(
            id=element.id,
            type=element.type,
            order=element.order,
            name=element.name_en if lang == "en" else element.name,
            label=style.short_en if lang == "en" else style.short,
            style=style,
        )
        for element in snapshot.plan.elements
        if (style := ELEMENT_STYLES.get(element.id))
    )


def place_names(snapshot: Snapshot, lang: Lang) -> dict[str, str]:
    """Return the names of elements and subdistricts by id, as answers name them by id only."""
    named: tuple[Element | PlanSubdistrict, ...] = (
        *snapshot.plan.elements,
        *snapshot.plan.subdistricts,
    )
    return {one.id: one.name_en if lang == "en" else one.name for one in named}


def status_word(snapshot: Snapshot) -> str:
    """Return which word of the catalogue says what the boundaries are: ours, official, or both."""
    layers = (snapshot.collection_or_empty(id_) for id_ in ("zones", "subdistricts"))
    zones, subdistricts = map(is_official_layer, layers)
    if zones and subdistricts:
        return "map-status-official"
    if zones or subdistricts:
        return "map-status-zones-official" if zones else "map-status-subdistricts-official"
    return "map-status"


def opening_bbox(snapshot: Snapshot, visible: Collection[str] | None) -> BBox:
    """Return the extent to open with, in degrees: round what others than the plan have to show.

    Whoever asks for a collection of parcels means these; in a view of the whole district they would
    be a dot. Without such a collection, or where it has no place, the district is shown.
    """
    visible_collections = (snapshot.collections.get(id_) for id_ in visible or ())
    own = _union(
        one.extent for one in visible_collections if one is not None and not one.info.part_of_plan
    )
    return _with_room(own) if own else district_bbox(snapshot)


def _with_room(box: BBox) -> BBox:
    """Return a box with room round it, so that a single point has surroundings as well."""
    x = max(0.05 * (box.east - box.west), LEAST_ROOM_DEG)
    y = max(0.05 * (box.north - box.south), LEAST_ROOM_DEG)
    return BBox(box.west - x, box.south - y, box.east + x, box.north + y)


def district_bbox(snapshot: Snapshot) -> BBox:
    """Return the extent to open with: the district's, else that of everything that has a place.

    An empty store has neither: then it is a box around the city's centre.
    """
    district = snapshot.collections.get("district")
    if district is not None and district.extent:
        return district.extent
    return _union(c.extent for c in snapshot.collections.values()) or SHENYANG


LEAST_ROOM_DEG = 0.002
SHENYANG = BBox(123.3, 41.66, 123.5, 41.83)


def _union(extents: Iterable[BBox | None]) -> BBox | None:
    boxes = [extent for extent in extents if extent]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return BBox(min(west), min(south), max(east), max(north))
