"""The faults of a request, and the one table from every fault to its HTTP status."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from zones.errors import (
    ConflictError,
    CoordinateError,
    FilterTimeoutError,
    PrintEngineError,
    PrunedRevisionError,
    QuotaError,
    SeedError,
    SourceError,
    StoreError,
    TileOutOfRangeError,
    UnknownCollectionError,
    UnknownFeatureError,
    UnknownRevisionError,
    UnknownTileMatrixSetError,
    ValidationError,
    ZonesError,
)


class RequestError(ZonesError):
    """A parameter, a header or the body cannot be what it is."""


class RequestFaultsError(RequestError):
    """Several things are wrong with one request; all are told at once."""

    def __init__(self, faults: Sequence[ZonesError]) -> None:
        first = faults[0]
        super().__init__(first.code, loc=first.loc, **first.params)
        self.faults = tuple(faults)


class EditRefusedError(RequestFaultsError):
    """A feature that was sent may not be stored; all that is wrong with it is told at once."""


class PreconditionError(RequestError):
    """What is to be changed is no longer what the client has seen."""


class PreconditionNeededError(RequestError):
    """A change has to say which revision the client has seen, and does not."""


class MissingProgramError(ZonesError):
    """A program or package that this needs is not installed with the service."""


class UnauthorizedError(RequestError):
    """No key, or not a valid one."""


class ForbiddenError(RequestError):
    """The key's role does not suffice."""


class NotFoundError(RequestError):
    """Nothing is at that address."""


class MethodError(RequestError):
    """The address does not take the method; the parameter ``allowed`` names those it takes."""


class NotAcceptableError(RequestError):
    """The wanted format cannot be made."""


class BusyError(RequestError):
    """Something else is under way that excludes what is asked."""


class BodySlowError(RequestError):
    """The body does not come in the time that it may take."""


class TooLargeError(RequestError):
    """The body passes the limit."""


class AddressError(RequestError):
    """The address is too long."""


class SettingsError(ZonesError):
    """A setting is none that the service can run with."""


class ListeningError(ZonesError):
    """The service cannot listen at its address."""


class HeadersError(RequestError):
    """The headers are too long."""


class MediaTypeError(RequestError):
    """The body is of a type, or an encoding, that is not taken."""


class TooManyError(RequestError):
    """Too much is asked in too short a time; the parameter ``seconds`` says when to return."""


class UpstreamError(RequestError):
    """Another service that is needed for the answer does not give one."""


class UnexpectedError(RequestError):
    """A fault of ours; the words tell nothing but where to find it in the log."""


STATUS: Mapping[type[ZonesError], int] = MappingProxyType(
    {
        ZonesError: 400,
        RequestError: 400,
        CoordinateError: 400,
        UnauthorizedError: 401,
        ForbiddenError: 403,
        NotFoundError: 404,
        UnknownCollectionError: 404,
        UnknownFeatureError: 404,
        UnknownRevisionError: 404,
        UnknownTileMatrixSetError: 404,
        TileOutOfRangeError: 404,
        MethodError: 405,
        NotAcceptableError: 406,
        BodySlowError: 408,
        BusyError: 409,
        ConflictError: 409,
        PrunedRevisionError: 410,
        PreconditionError: 412,
        TooLargeError: 413,
        QuotaError: 413,
        AddressError: 414,
        MediaTypeError: 415,
        EditRefusedError: 422,
        PreconditionNeededError: 428,
        SourceError: 422,
        ValidationError: 422,
        TooManyError: 429,
        HeadersError: 431,
        SeedError: 500,
        UnexpectedError: 500,
        FilterTimeoutError: 503,
        StoreError: 503,
        PrintEngineError: 503,
        MissingProgramError: 503,
        UpstreamError: 503,
    }
)
"""The only table from faults to HTTP status; a class not listed has its parent's."""

STATUS_OF_CODE: Mapping[str, int] = MappingProxyType(
    {
        "store-full": 507,
        "store-quota": 507,
        "upload-disk-full": 507,
        "answer-disk-full": 507,
        "collection-name-invalid": 400,
        "key-not-made": 400,
    }
)
"""Codes whose status differs from that of their class."""


def status_of(fault: ZonesError) -> int:
    """Return the HTTP status of a fault."""
    if status := STATUS_OF_CODE.get(fault.code):
        return status
    return next(STATUS[cls] for cls in type(fault).__mro__ if cls in STATUS)
