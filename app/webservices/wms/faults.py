"""Faults as clients of WMS read them: XML, words in a picture, or a blank one, as asked."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from app.http.fault_status import RequestError
from app.map_images.picture_request import MEDIA_TYPES, WHITE, Form, colour
from app.map_images.words_as_image import notice
from app.pages.frame import TEMPLATES
from app.webservices.key_value_pairs import KeyValues
from app.webservices.ows_exception_report import faults_in
from app.webservices.wms.bbox_crs_size import side_of
from app.webservices.wms.get_map_query import form_named
from app.webservices.wms.versions import V130, WMSVersion
from zones.errors import UnknownCRSError, UnknownRevisionError, ZonesError
from zones.messages import Lang

EXCEPTION_CODES: Final[Mapping[str, str]] = {
    "ows-parameter-missing": "MissingParameterValue",
    "wms-operation": "OperationNotSupported",
    "wms-layer": "LayerNotDefined",
    "wms-style": "StyleNotDefined",
    "wms-styles-count": "StyleNotDefined",
    "wms-format": "InvalidFormat",
    "wms-info-format": "InvalidFormat",
    "wms-point": "InvalidPoint",
    "wms-time-before": "InvalidDimensionValue",
    "datetime-invalid": "InvalidDimensionValue",
    "wms-update-sequence": "InvalidUpdateSequence",
    "wms-update-current": "CurrentUpdateSequence",
}
"""By our code; every other fault is one of a parameter's value."""
IN_IMAGE: Final = frozenset({"inimage", "application/vnd.ogc.se_inimage"})
BLANK: Final = frozenset({"blank", "application/vnd.ogc.se_blank"})
_USUAL_SIDE: Final = 256


def exception_response(
    fault: ZonesError, kvp: KeyValues, version: WMSVersion, lang: Lang
) -> Response:
    """Return the fault; its status is 200, since clients show no words of an answer with another.

    GDAL's driver tells the status alone of 4xx, and QGIS the name of the status.
    """
    requested = (kvp.get("exceptions") or "").strip().lower()
    if requested in IN_IMAGE | BLANK:
        return _as_picture("" if requested in BLANK else _words(fault, lang), kvp)
    return _as_xml(fault, version, lang)


def _as_xml(fault: ZonesError, version: WMSVersion, lang: Lang) -> Response:
    exceptions = [
        {
            "code": code_of(each, version),
            "locator": str(each.loc[-1]) if each.loc else "",
            "text": str(each.text(lang)),
        }
        for each in faults_in(fault)
    ]
    document = TEMPLATES.get_template("wms/exception.xml").render(
        exceptions=exceptions, version=version, lang=lang
    )
    return Response(document, 200, _NO_STORE, media_type=version.exception_type)


_NO_STORE: Final = {"Cache-Control": "no-store"}


def code_of(fault: ZonesError, version: WMSVersion) -> str:
    """Return the code that the standard has for a fault."""
    if isinstance(fault, UnknownCRSError) or fault.code == "wms-crs":
        return "InvalidCRS" if version is V130 else "InvalidSRS"
    if isinstance(fault, UnknownRevisionError):
        return "InvalidDimensionValue"
    return EXCEPTION_CODES.get(fault.code, "InvalidParameterValue")


def _words(fault: ZonesError, lang: Lang) -> str:
    return "\n".join(str(each.text(lang)) for each in faults_in(fault))


def _as_picture(text: str, kvp: KeyValues) -> Response:
    """Return words or nothing as the picture that was asked for, as far as that can be read."""
    width, height = (_side(kvp, name) for name in ("WIDTH", "HEIGHT"))
    form = _form(kvp)
    is_transparent = (kvp.get("transparent") or "").upper() == "TRUE" and form != "jpeg"
    ground = None if is_transparent else _ground(kvp)
    data = notice(text, width, height, form, background=ground)
    return Response(data, 200, _NO_STORE, media_type=MEDIA_TYPES[form])


def _side(kvp: KeyValues, name: str) -> int:
    try:
        return side_of(kvp.required(name), name)
    except RequestError:
        return _USUAL_SIDE


def _form(kvp: KeyValues) -> Form:
    try:
        return form_named(kvp.required("FORMAT"), "FORMAT")
    except RequestError:
        return "png"


def _ground(kvp: KeyValues) -> str:
    try:
        return colour(kvp.get("bgcolor") or WHITE, "BGCOLOR")
    except RequestError:
        return WHITE
