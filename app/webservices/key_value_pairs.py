"""Requests of OGC's older services as key-value pairs: names in any case, each given once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import QueryParams
from starlette.requests import Request

from app.http.fault_status import RequestError
from app.http.raw_headers import FORM, media_type

SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Parameters by their names in lower case."""

    values: Mapping[str, str]

    def get(self, *names: str) -> str | None:
        """Return the first of these parameters that is there and not empty."""
        return next((found for name in names if (found := self.values.get(name))), None)

    def required(self, name: str) -> str:
        """Return a parameter.

        Raises
        ------
        RequestError
            ``ows-parameter-missing``.
        """
        value = self.get(name.lower())
        if value is None:
            raise RequestError("ows-parameter-missing", loc=("query", name), name=name)
        return value


def values_of(
    pairs: Iterable[tuple[str, str]], other_names: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the pairs by name in lower case (OGC 06-121r9, 11.5.2).

    Parameters
    ----------
    other_names
        Under which name a parameter stands that another version calls by its own.

    Raises
    ------
    RequestError
        ``parameter-twice`` if a parameter is given twice with different values.
    """
    values: dict[str, str] = {}
    for key, value in pairs:
        lower = key.lower()
        name = (other_names or {}).get(lower, lower)
        if values.setdefault(name, value) != value:
            raise RequestError("parameter-twice", loc=("query", key[:SHOWN]), name=key[:SHOWN])
    return values


async def requested_pairs(request: Request) -> QueryParams:
    """Return the pairs of a GET's query, or of the form that a POST brings."""
    if request.method == "POST" and media_type(request.scope) == FORM:
        body = (await request.body()).decode("utf-8", "replace")
        return QueryParams(body)
    return request.query_params
