"""Whether a role suffices, anywhere or in a collection."""

from starlette.requests import Request

from app.app_state import services_of
from app.http.fault_status import ForbiddenError
from zones.errors import UnknownCollectionError
from zones.store.sql.records import RANK, Key, Role


def check_role(role: Role | None, needed: Role | None) -> None:
    """Refuse a role that is lower than ``needed``.

    Raises
    ------
    ForbiddenError
    """
    if needed is not None and (role is None or RANK[role] < RANK[needed]):
        raise ForbiddenError("role-too-low", role=role or "—", needed=needed)


def check_may(request: Request, collection: str, needed: Role) -> None:
    """Refuse who has a lower role in a collection than ``needed``; asks the store.

    Raises
    ------
    UnknownCollectionError
        If the collection is private and the client has no role in it.
    ForbiddenError
    """
    key: Key = request.state.key
    private = collection in services_of(request).private.ids()
    role = key.role_in(collection, private=private)
    if private and role is None:
        raise UnknownCollectionError(collection=collection)
    check_role(role, needed)
