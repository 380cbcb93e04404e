"""A request for a picture: its layers and styles, its form, its view."""

from collections.abc import Sequence
from typing import Final

from app.http.fault_status import RequestError
from app.map_images.layer_list import DEFAULT, PLAN, STYLES, UNLABELLED, data_extent
from app.map_images.picture_request import Form, Picture, colour, usual_ground
from app.webservices.key_value_pairs import SHOWN, KeyValues
from app.webservices.wms.bbox_crs_size import viewport_of
from app.webservices.wms.versions import WMSVersion
from zones.messages import Lang
from zones.snapshot.model import Snapshot

FORMS: Final[dict[str, Form]] = {
    "image/png": "png",
    "image/png; mode=24bit": "png24",
    "image/jpeg": "jpeg",
    "image/webp": "webp",
    "image/svg+xml": "svg",
}
"""Forms by their names in the capabilities."""
_OTHER_NAMES: Final[dict[str, Form]] = {
    "image/png;mode=8bit": "png",
    "image/png8": "png",
    "image/png;mode=24bit": "png24",
    "image/png;mode=32bit": "png24",
    "image/png24": "png24",
    "image/png32": "png24",
    "image/jpg": "jpeg",
    "image/svg": "svg",
    "png": "png",
    "jpeg": "jpeg",
    "jpg": "jpeg",
    "svg": "svg",
    "image/svgxml": "svg",  # a plus sign that was not escaped is a space
}
MOST_LAYERS: Final = 200
_LONGEST_LIST: Final = 20_000
_FILTERS: Final = ("cql_filter", "filter", "featureid")
"""Of GeoServer, MapServer and QGIS Server."""
_STYLED_BY_CLIENT: Final = ("sld", "sld_body")


def picture_of(kvp: KeyValues, snapshot: Snapshot, version: WMSVersion, lang: Lang) -> Picture:
    """Return what a GetMap asks for.

    Raises
    ------
    RequestError, UnknownCRSError
        What is wrong with a parameter, the place being its name.
    """
    for name in _STYLED_BY_CLIENT:
        if kvp.get(name):
            raise RequestError("wms-sld", loc=("query", name.upper()), known=", ".join(STYLES))
    _check_extras(kvp)
    layers = layers_named(kvp.required("LAYERS"), "LAYERS", snapshot)
    viewport = viewport_of(kvp, version, data=data_extent(snapshot, layers))
    form = form_named(kvp.required("FORMAT"), "FORMAT")
    is_transparent = (kvp.get("transparent") or "FALSE").upper() == "TRUE" and form != "jpeg"
    ground = colour(kvp.get("bgcolor") or usual_ground(layers), "BGCOLOR")
    return Picture(
        layers=layers,
        viewport=viewport,
        form=form,
        lang=lang,
        is_labelled=is_labelled(kvp.get("styles") or "", layers),
        background=None if is_transparent else ground,
    )


def _check_extras(kvp: KeyValues) -> None:
    """Refuse what other servers do and this one does not: another picture would be a wrong one."""
    for name in _FILTERS:
        if kvp.get(name):
            raise RequestError("wms-filter", loc=("query", name.upper()), name=name.upper())
    if (kvp.get("angle") or "0").strip().strip("0.+-"):
        raise RequestError("wms-angle", loc=("query", "ANGLE"))


def layers_named(text: str, parameter: str, snapshot: Snapshot) -> tuple[str, ...]:
    """Return the layers that a list names, the lowest first.

    Raises
    ------
    RequestError
        ``wms-layer`` for one that there is not, ``wms-layers-many``.
    """
    names = [name.strip() for name in text[:_LONGEST_LIST].split(",")]
    if len(names) > MOST_LAYERS:
        loc = ("query", parameter)
        raise RequestError("wms-layers-many", loc=loc, count=len(names), most=MOST_LAYERS)
    for name in names:
        if name != PLAN and name not in snapshot.collections:
            known = ", ".join((PLAN, *snapshot.collections))[:1000]
            loc = ("query", parameter)
            raise RequestError("wms-layer", loc=loc, given=name[:SHOWN], known=known)
    return tuple(names)


def is_labelled(text: str, layers: Sequence[str]) -> bool:
    """Return whether names are written: with a list of styles, one a layer, or none at all.

    Names are placed for the whole picture: they are left out where every layer is asked for
    without.

    Raises
    ------
    RequestError
        ``wms-style``, ``wms-styles-count``.
    """
    names = [name.strip() for name in text[:_LONGEST_LIST].split(",")]
    loc = ("query", "STYLES")
    for name in names:
        if name and name not in STYLES:
            known = ", ".join(STYLES)
            raise RequestError("wms-style", loc=loc, given=name[:SHOWN], known=known)
    if any(names) and len(names) != len(layers):
        raise RequestError("wms-styles-count", loc=loc, count=len(names), layers=len(layers))
    return any((name or DEFAULT) != UNLABELLED for name in names)


def form_named(text: str, parameter: str) -> Form:
    """Return the form of a picture.

    Raises
    ------
    RequestError
        ``wms-format``.
    """
    name = text.strip().lower()
    form = FORMS.get(name) or _OTHER_NAMES.get(name.replace(" ", ""))
    if form is None:
        loc = ("query", parameter)
        raise RequestError("wms-format", loc=loc, given=text[:SHOWN], known=", ".join(FORMS))
    return form
