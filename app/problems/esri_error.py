"""A fault as ArcGIS's clients read it."""

from collections.abc import Mapping
from typing import Final

import orjson
from starlette.responses import Response

from app.http.fault_status import status_of
from zones.errors import ZonesError
from zones.messages import Lang

CODES: Final[Mapping[str, int]] = {"key-missing": 499, "esri-token-wrong": 498}
"""By our code: a token is required, or invalid. All others have the code of their HTTP status."""


def esri_fault_response(fault: ZonesError, lang: Lang) -> Response:
    """Return a fault in Esri's form."""
    text = fault.text(lang)
    status = status_of(fault)
    details = [text.hint] if text.hint else []
    error = {"code": CODES.get(fault.code, status), "message": text.message, "details": details}
    return Response(orjson.dumps({"error": error}), status, media_type="application/json")
