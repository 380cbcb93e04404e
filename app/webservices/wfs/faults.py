"""Faults as clients of WFS read them: an exception report of OGC (06-121r9, 8)."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from app.http.errors import RequestFaultsError, status_of
from app.pages.frame import TEMPLATES
from app.webservices.wfs.versions import WFSVersion
from zones.errors import ZonesError
from zones.messages import Lang

EXCEPTION_CODES: Final[Mapping[str, str]] = {
    "ows-parameter-missing": "MissingParameterValue",
    "wfs-operation": "OperationNotSupported",
    "wfs-one-query": "OptionNotSupported",
    "wfs-id": "NotFound",
    "wfs-stored-query": "InvalidParameterValue",
    "xml-broken": "OperationParsingFailed",
    "xml-doctype": "OperationParsingFailed",
    "xml-too-deep": "OperationParsingFailed",
    "xml-too-large": "OperationParsingFailed",
}
"""By our code; every other fault is one of a parameter's value."""


def exception_response(fault: ZonesError, version: WFSVersion, lang: Lang) -> Response:
    """Return the report, with the status that the fault has everywhere."""
    faults = fault.faults if isinstance(fault, RequestFaultsError) else (fault,)
    exceptions = [
        {
            "code": EXCEPTION_CODES.get(each.code, "InvalidParameterValue"),
            "locator": str(each.loc[-1]) if each.loc else "",
            "text": str(each.said(lang)),
        }
        for each in faults
    ]
    document = TEMPLATES.get_template("wfs/exception.xml").render(
        exceptions=exceptions, version=version, lang=lang
    )
    status = 404 if fault.code == "wfs-id" else status_of(fault)
    return Response(document, status, media_type="application/xml")
