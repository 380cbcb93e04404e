"""What the service offers: layers, and the grids that their tiles are cut in."""

from typing import Any, Final

from app.map_images.layer_list import image_layers, style_titles
from app.pages.frame import TEMPLATES
from app.service_title import ABOUT, ABOUT_EN, TITLE, TITLE_EN
from app.webservices.wmts.parameters import FORMS, SETS, SUFFIXES
from zones.gml.srs_names_and_axes import urn_of
from zones.messages import Lang
from zones.snapshot.model import Snapshot
from zones.tiles import TileMatrixSet

INFO_FORMATS: Final = ("text/html", "application/json", "application/vnd.ogc.gml", "text/plain")
_SCALE_SETS: Final = {
    "WebMercatorQuad": "urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible",
    "WorldCRS84Quad": "urn:ogc:def:wkss:OGC:1.0:GoogleCRS84Quad",
}


def capabilities_document(snapshot: Snapshot, *, address: str, legends: str, lang: Lang) -> str:
    """Return the capabilities.

    Parameters
    ----------
    address
        Of this service, below which the paths of tiles begin too.
    legends
        Of WMS, which has the legends.
    """
    return TEMPLATES.get_template("wmts/capabilities.xml").render(
        address=address,
        legends=legends,
        lang=lang,
        title=TITLE_EN if lang == "en" else TITLE,
        about=ABOUT_EN if lang == "en" else ABOUT,
        revision=snapshot.revision,
        layers=image_layers(snapshot, lang),
        styles=style_titles(lang),
        forms=FORMS,
        suffixes={SUFFIXES[suffix]: suffix for suffix in ("png", "jpg", "webp")},
        info_formats=INFO_FORMATS,
        sets=[_described(tms, lang) for tms in SETS],
    )


def _described(tms: TileMatrixSet, lang: Lang) -> dict[str, Any]:
    return {
        "id": tms.id,
        "title": tms.title_en if lang == "en" else tms.title,
        "crs": urn_of(tms.crs),
        "scale_set": _SCALE_SETS.get(tms.id),
        "matrices": tms.definition["tileMatrices"],
    }
