"""Faults as clients of WFS read them: an exception report of OGC (06-121r9, 8)."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from app.webservices.ows_exception_report import Common, exception_report
from app.webservices.wfs.versions import WFSVersion
from zones.errors import ZonesError
from zones.messages import Lang

EXCEPTION_CODES: Final[Mapping[str, str]] = {
    "wfs-operation": "OperationNotSupported",
    "wfs-one-query": "OptionNotSupported",
    "wfs-id": "NotFound",
}
"""By our code, besides those that all services share."""


def exception_response(fault: ZonesError, version: WFSVersion, lang: Lang) -> Response:
    """Return the report, with the status that the fault has everywhere."""
    common: Common = "1.1" if version.is_2 else "1.0"
    status = 404 if fault.code == "wfs-id" else None
    return exception_report(
        fault, EXCEPTION_CODES, version.number, common, lang=lang, status=status
    )
