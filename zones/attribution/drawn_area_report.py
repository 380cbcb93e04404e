"""What an area takes in that somebody draws: its size, shares of zones and subdistricts, sites.

*Shares* are those of ``zones.attribution.overlay_shares``. *Uncertain* is the ground of a share
that lies nearer to a border than the border's accuracy: on which side of the true line it lies
nobody can say. *Sites* are inside for certain where they are so wherever their own accuracy may put
them.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.attribution.overlay_shares import overlay_shares
from zones.crs.area_and_length import measure
from zones.crs.transform import STORAGE
from zones.geojson.figure_rounding import shown
from zones.geojson.published_geometry import published
from zones.lookup.border_lines import Border, read_borders
from zones.lookup.uncertainty_bands import band_of
from zones.model import CollectionInfo, Feature
from zones.properties.feature_name import feature_name
from zones.snapshot.collection import Collection
from zones.snapshot.geometry_arrays import array_of
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import point_on, text
from zones.snapshot.settled_by_official import applying_disputes
from zones.snapshot.uncertainty_circles import certainly_within, circle_m, possible_ground

_REACH_DEG: Final = 0.02  # two kilometres: no border is known worse
_AREA: Final = CollectionInfo("area", "area", "area", kinds=frozenset({"polygon"}))
_WHOLE, _UNCERTAIN = "whole", "uncertain"


@dataclass(frozen=True, slots=True)
class AreaShare:
    """How much of the area one polygon takes; ``id`` None is outside all of them.

    ``share`` is of the area; ``uncertain_m2`` of ``area_m2`` may belong to a neighbour.
    """

    id: str | None
    name: str | None
    name_en: str | None
    area_m2: float
    share: float
    uncertain_m2: float


@dataclass(frozen=True, slots=True)
class AreaSite:
    """A site in the area, or possibly in it; ``circle_m`` where it is known only to within that."""

    id: str
    name: str | None
    name_en: str | None
    category: str | None
    lon: float | None
    lat: float | None
    circle_m: float | None
    certain: bool


@dataclass(frozen=True, slots=True)
class AreaDispute:
    """Ground of the area that the plan's text leaves open."""

    id: str
    name: str | None
    name_en: str | None
    area_m2: float


@dataclass(frozen=True, slots=True)
class AreaReport:
    """All that is told of one area; lengths and areas are geodesic unless they say otherwise."""

    area_m2: float
    planar_area_m2: float | None
    perimeter_m: float
    vertices: int
    zones: tuple[AreaShare, ...]
    subdistricts: tuple[AreaShare, ...]
    disputes: tuple[AreaDispute, ...]
    sites: tuple[AreaSite, ...]

    def as_json(self) -> dict[str, Any]:
        """Return JSON values, figures rounded as they are shown."""
        document: dict[str, Any] = shown(asdict(self))
        certain = sum(site.certain for site in self.sites)
        counts = {"certain": certain, "uncertain": len(self.sites) - certain}
        return {**document, "site_counts": counts}


def area_report(snapshot: Snapshot, area: BaseGeometry) -> AreaReport:
    """Return what an area, polygonal and valid in EPSG:4490, takes in of the plan."""
    measured = measure(area)
    whole_m2 = measured.area_m2 or 0.0
    return AreaReport(
        area_m2=whole_m2,
        planar_area_m2=measured.planar_area_m2,
        perimeter_m=measured.length_m or 0.0,
        vertices=int(shapely.get_num_coordinates(area)),
        zones=_shares(snapshot, area, whole_m2, "zones", _separates_zones),
        subdistricts=_shares(snapshot, area, whole_m2, "subdistricts", _separates_subdistricts),
        disputes=tuple(_disputes(snapshot, area)),
        sites=tuple(_sites(snapshot, area)),
    )


def _separates_zones(border: Border) -> bool:
    return border.separates_zones


def _separates_subdistricts(border: Border) -> bool:
    return border.separates_subdistricts


def _shares(
    snapshot: Snapshot,
    area: BaseGeometry,
    whole_m2: float,
    by: str,
    separates: Callable[[Border], bool],
) -> tuple[AreaShare, ...]:
    """Return the shares of the polygons of a collection, the largest first, outside last."""
    polygons = snapshot.collection_or_empty(by)
    doubtful = shapely.intersection(area, _band(snapshot, area, separates))
    pieces = [Feature(_WHOLE, area, {}), Feature(_UNCERTAIN, _polygonal(doubtful), {})]
    table = overlay_shares(Collection(_AREA, snapshot.revision, pieces), polygons)
    uncertain = {part.by: part.value for part in table.parts_of(_UNCERTAIN)}
    found = [
        AreaShare(
            part.by,
            *_names(polygons, part.by),
            area_m2=part.share * whole_m2,
            share=part.share,
            uncertain_m2=min(uncertain.get(part.by, 0.0), part.share * whole_m2),
        )
        for part in table.parts_of(_WHOLE)
    ]
    return tuple(sorted(found, key=lambda share: (share.id is None, -share.area_m2)))


def _names(polygons: Collection, fid: str | None) -> tuple[str | None, str | None]:
    if fid is None:
        return None, None
    document = polygons.properties[polygons.index_of(fid)]
    return feature_name(document, polygons.info.title_field), text(document, "name_en")


def _band(
    snapshot: Snapshot, area: BaseGeometry, separates: Callable[[Border], bool]
) -> BaseGeometry:
    """Return the ground near the area that is nearer to a border than its accuracy."""
    west, south, east, north = area.bounds
    around = (west - _REACH_DEG, south - _REACH_DEG, east + _REACH_DEG, north + _REACH_DEG)
    near = [
        Border(b.fid, b.between, b.accuracy_m, b.separates_zones, b.separates_subdistricts, line)
        for b in snapshot.derived(read_borders).all
        if separates(b) and not (line := shapely.clip_by_rect(b.geometry, *around)).is_empty
    ]
    return band_of(near).outer or shapely.Polygon()


def _polygonal(shape: BaseGeometry) -> BaseGeometry:
    """Return the polygons of what two areas have in common, without lines where they touch."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def _disputes(snapshot: Snapshot, area: BaseGeometry) -> Iterable[AreaDispute]:
    info = snapshot.collection_or_empty("disputes").info
    for dispute in applying_disputes(snapshot):
        if dispute.geometry is None or not shapely.intersects(dispute.geometry, area):
            continue
        common_m2 = measure(_polygonal(shapely.intersection(dispute.geometry, area))).area_m2 or 0.0
        if common_m2 >= 1:
            name = feature_name(dispute.properties, info.title_field)
            yield AreaDispute(dispute.fid, name, text(dispute.properties, "name_en"), common_m2)


def _sites(snapshot: Snapshot, area: BaseGeometry) -> Iterable[AreaSite]:
    """Yield the sites that are, or may be, in the area, the certain ones first."""
    sites = snapshot.collection_or_empty("sites")
    grounds = snapshot.derived(_site_grounds)
    (relating,) = published(array_of([area]), STORAGE)
    met = np.flatnonzero(shapely.intersects(grounds, relating)).tolist()
    features = [sites.feature(sites.fids[i]) for i in met]
    judged = [(feature, certainly_within(feature, [relating])) for feature in features]
    for feature, certain in sorted(judged, key=lambda each: not each[1]):
        place = point_on(feature.geometry) or (None, None)
        yield AreaSite(
            id=feature.fid,
            name=feature_name(feature.properties, sites.info.title_field),
            name_en=text(feature.properties, "name_en"),
            category=text(feature.properties, "category"),
            lon=place[0],
            lat=place[1],
            circle_m=circle_m(feature.geometry, feature.properties),
            certain=certain,
        )


def _site_grounds(snapshot: Snapshot) -> Any:
    """Return where each site may lie; sites without a position are nowhere."""
    return array_of([possible_ground(site) for site in snapshot.collection_or_empty("sites")])
