"""Who a name and a password stand for, with a line in the audit log either way."""

from typing import Final

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from app.app_state import services_of
from app.http.fault_status import UnauthorizedError
from zones.store.sql.accounts import LONGEST_NAME
from zones.store.sql.records import AuditFields, Key

LONGEST_PASSWORD: Final = 1_000


async def account_of(request: Request, name: str, password: str) -> Key:
    """Return the account of a name and its password.

    Raises
    ------
    UnauthorizedError
        ``password-wrong``, the same for a name that nobody has.
    TooManyError
    """
    address = request.state.gate.address_of(request.scope)
    services, request_id = services_of(request), request.state.request_id
    account = await services.passwords.account(name, password, address=address)
    if account is None:
        fields: AuditFields = {"who": name[:LONGEST_NAME], "request_id": request_id}
        fields["reason"] = f"password-wrong: {address}"
        await services.refusals.note("sign-in", source=address, fields=fields)
        raise UnauthorizedError("password-wrong")
    await run_in_threadpool(
        services.store.audit.add,
        "sign-in",
        outcome="ok",
        who=account.name,
        key_id=account.id,
        request_id=request_id,
        reason=address,
    )
    return account
