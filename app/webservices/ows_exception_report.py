"""Exception reports of OGC's Web Services Common (06-121r9 and 05-008, clause 8)."""

from collections.abc import Mapping
from typing import Final, Literal

from starlette.responses import Response

from app.http.fault_status import RequestFaultsError, status_of
from app.pages.frame import TEMPLATES
from zones.errors import ZonesError
from zones.messages import Lang

Common = Literal["1.1", "1.0"]

COMMON_CODES: Final[Mapping[str, str]] = {
    "ows-parameter-missing": "MissingParameterValue",
    "xml-broken": "OperationParsingFailed",
    "xml-doctype": "OperationParsingFailed",
    "xml-too-deep": "OperationParsingFailed",
    "xml-too-large": "OperationParsingFailed",
}
"""By our code; every other fault is one of a parameter's value."""


def exception_report(
    fault: ZonesError,
    codes: Mapping[str, str],
    number: str,
    common: Common,
    *,
    lang: Lang,
    status: int | None = None,
) -> Response:
    """Return the report, with the status that the fault has everywhere.

    Parameters
    ----------
    codes
        Exception codes of the service by our own code, besides those in ``COMMON_CODES``.
    number
        Version of the service.
    common
        Version of Web Services Common that it builds on.
    """
    known = {**COMMON_CODES, **codes}
    exceptions = [
        {
            "code": known.get(each.code, "InvalidParameterValue"),
            "locator": str(each.loc[-1]) if each.loc else "",
            "text": str(each.text(lang)),
        }
        for each in faults_in(fault)
    ]
    document = TEMPLATES.get_template("ows/exception.xml").render(
        exceptions=exceptions, number=number, is_1_1=common == "1.1", lang=lang
    )
    return Response(document, status or status_of(fault), media_type="application/xml")


def faults_in(fault: ZonesError) -> tuple[ZonesError, ...]:
    """Return the single faults of one."""
    return fault.faults if isinstance(fault, RequestFaultsError) else (fault,)
