"""What the service can do: the layers there are, in which systems and forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.map_images.layer_list import (
    ImageLayer,
    collection_layer,
    data_extent,
    plan_layer,
    style_titles,
)
from app.map_images.picture_request import LONGEST_SIDE
from app.pages.frame import TEMPLATES
from app.service_title import ABOUT, ABOUT_EN, TITLE, TITLE_EN
from app.webservices.wms.bbox_crs_size import bounds_in, wms_name, written_bounds
from app.webservices.wms.get_feature_info import INFO_FORMATS
from app.webservices.wms.get_legend_graphic import LEGEND_FORMS, legend_size
from app.webservices.wms.get_map_query import FORMS, MOST_LAYERS
from app.webservices.wms.versions import WMSVersion
from zones.crs.transform import CRS
from zones.drawing.model import Bounds
from zones.gml.srs_names_and_axes import OFFERED
from zones.map_page.layer_list import GROUPS
from zones.messages import Lang, say
from zones.model import BBox, Revision
from zones.snapshot.model import Snapshot

EXCEPTIONS: Final = {
    True: ("XML", "INIMAGE", "BLANK"),
    False: (
        "application/vnd.ogc.se_xml",
        "application/vnd.ogc.se_inimage",
        "application/vnd.ogc.se_blank",
    ),
}
"""By whether the version is 1.3.0."""
_DECIMALS: Final = {True: 7, False: 2}


@dataclass(frozen=True, slots=True)
class WMSLayer:
    """A layer as the capabilities have it; ``boxes`` are named bounds, in the version's order."""

    layer: ImageLayer
    boxes: Sequence[tuple[str, Bounds]]
    legend_size: tuple[int, int]

    @property
    def name(self) -> str:
        """The layer's name in requests."""
        return self.layer.name

    @property
    def title(self) -> str:
        """The layer's title for people."""
        return self.layer.title

    @property
    def about(self) -> str:
        """What the layer is."""
        return self.layer.about

    @property
    def extent(self) -> BBox | None:
        """Where it lies, in degrees."""
        return self.layer.extent


def capabilities_document(
    snapshot: Snapshot,
    version: WMSVersion,
    revisions: tuple[Revision, Revision] | None,
    *,
    address: str,
    home: str,
    lang: Lang,
) -> str:
    """Return the capabilities.

    Parameters
    ----------
    revisions
        The first and the last one, whose times are the extent of TIME.
    """
    is_130 = version.has_authority_order
    plan = plan_layer(snapshot, lang)
    every = data_extent(snapshot, tuple(snapshot.collections))
    root = ImageLayer("", plan.title, "", every, None)
    return TEMPLATES.get_template("wms/capabilities.xml").render(
        version=version,
        address=address,
        home=home,
        language=f"&lang={lang}",
        title=TITLE_EN if lang == "en" else TITLE,
        about=ABOUT_EN if lang == "en" else ABOUT,
        revision=snapshot.revision,
        time_extent=_time_extent(revisions),
        most_layers=MOST_LAYERS,
        longest_side=LONGEST_SIDE,
        forms=FORMS,
        info_forms=INFO_FORMATS,
        legend_forms=LEGEND_FORMS,
        exceptions=EXCEPTIONS[is_130],
        systems=[wms_name(crs) for crs in _systems(version)],
        styles=style_titles(lang),
        root=_described(root, snapshot, version, lang),
        plan=_described(plan, snapshot, version, lang),
        groups=_groups(snapshot, version, lang),
    )


def _systems(version: WMSVersion) -> list[CRS]:
    """Return the systems; CRS:84 is of 1.3.0 alone."""
    return [crs for crs in OFFERED if version.has_authority_order or crs is not CRS.CRS84]


def _groups(snapshot: Snapshot, version: WMSVersion, lang: Lang) -> list[dict[str, Any]]:
    """Return the collections under the headings of the map's list."""
    by_group: dict[str, list[WMSLayer]] = {group: [] for group in GROUPS}
    for each in snapshot.collections.values():
        group = each.info.group if each.info.group in by_group else "own"
        layer = collection_layer(each, lang)
        by_group[group].append(_described(layer, snapshot, version, lang))
    return [
        {"title": say(f"map-group-{group}", lang).message, "layers": layers}
        for group, layers in by_group.items()
        if layers
    ]


def _described(layer: ImageLayer, snapshot: Snapshot, version: WMSVersion, lang: Lang) -> WMSLayer:
    boxes = [
        (wms_name(crs), _rounded(written_bounds(bounds_in(layer.extent, crs), crs, version), crs))
        for crs in _systems(version)
        if layer.extent is not None
    ]
    size = legend_size(layer.name, snapshot, lang) if layer.name else (0, 0)
    return WMSLayer(layer, boxes, size)


def _rounded(bounds: Bounds, crs: CRS) -> Bounds:
    decimals = _DECIMALS[crs.is_geographic]
    west, south, east, north = (round(side, decimals) for side in bounds)
    return west, south, east, north


def _time_extent(revisions: tuple[Revision, Revision] | None) -> str:
    """Return the times of the first and the last revision, as C.3 of the standard writes them."""
    if revisions is None:
        return "current"
    first, last = (each.at.strftime("%Y-%m-%dT%H:%M:%SZ") for each in revisions)
    return f"{first}/{last}/PT1S"
