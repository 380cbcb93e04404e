"""Who may do what: keys, roles reader < editor < admin, judged before a body is read."""

from typing import Final

import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from app.app_state import services_for
from app.auth.arcgis_token import arcgis_token, with_form_token
from app.auth.browser_session import check_csrf, session_token
from app.auth.failure_count import FailureCount
from app.auth.http_basic import basic_pair
from app.auth.role_comparison import check_role
from app.http.client_behind_proxies import TrustedProxies
from app.http.fault_status import ForbiddenError, TooManyError, UnauthorizedError
from app.http.filter_body import refuse_filter
from app.http.raw_headers import header, is_look_up, own_path
from app.required_roles import (
    LIVE,
    OPEN_TO_ALL,
    READING,
    asks_the_store,
    collection_in,
    is_in_several,
    may_make_collection,
    needed_role,
)
from zones.errors import StoreError, UnknownCollectionError, ZonesError
from zones.store.sql.accounts import LONGEST_NAME
from zones.store.sql.records import AuditFields, Key, Role

LONGEST_KEY: Final = 200
LONGEST_PATH: Final = 200
_WATCHED: Final = ("/health", "/metrics")
"""Whoever watches the service asks these, and edits nothing."""


class Gate:
    """Lets a request pass when its key's role suffices; the key is then ``request.state.key``.

    Parameters
    ----------
    proxies
        Those whose word is taken for the address that a wrong key came from.
    """

    def __init__(self, app: ASGIApp, *, public_read: bool, proxies: TrustedProxies) -> None:
        self.app = app
        self.public_read = public_read
        self._proxies = proxies
        self.failures = FailureCount()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises
        ------
        UnauthorizedError, ForbiddenError, TooManyError
        RequestError
            ``filter-in-body``.
        """
        if scope["type"] == "http" and (path := own_path(scope)) != LIVE:
            needed = needed_role(scope["method"], path, public_read=self.public_read)
            scope["state"]["gate"] = self
            receive = await with_form_token(scope, path, receive)
            key = await self._key_sent(scope, path)
            if key is not None:
                scope["state"]["key"] = key
                await self._judge(scope, path, key, needed)
                if key.highest != "reader" and not path.startswith(_WATCHED):
                    services_for(scope).edits.prepare()
            elif needed is not None:
                if self.public_read:
                    await refuse_filter(scope, receive)
                raise UnauthorizedError("key-missing")
            elif asks_the_store(scope["method"], path):
                await self._role_in(scope, path, None)
        await self.app(scope, receive, send)

    async def _key_sent(self, scope: Scope, path: str) -> Key | None:
        """Return the key that comes with a request, in whatever way.

        Whoever asks whether the service is ready is told of a store that is gone, also with a key
        that only the store could tell from a wrong one: it counts as none.
        """
        authorization = header(scope, b"authorization")
        try:
            if authorization is None:
                return await self._signed_in(scope, path)
            return await self._authorized(scope, authorization)
        except StoreError:
            if path not in OPEN_TO_ALL:
                raise
            return None

    async def _judge(self, scope: Scope, path: str, key: Key, needed: Role | None) -> None:
        """Refuse a key whose role does not suffice, in the collection where there is one."""
        role: Role | None = key.role
        if asks_the_store(scope["method"], path):
            role = await self._role_in(scope, path, key)
        elif is_in_several(path):
            role = key.highest
        try:
            check_role(role, needed)
        except ForbiddenError as fault:
            await self._note_refusal(scope, path, key, fault)
            raise

    async def _note_refusal(self, scope: Scope, path: str, key: Key, fault: ZonesError) -> None:
        fields: AuditFields = {
            "who": key.name,
            "key_id": key.id,
            "request_id": scope["state"]["request_id"],
            "collection": collection_in(path),
            "reason": f"{fault.code}: {scope['method']} {path[:LONGEST_PATH]}",
        }
        await services_for(scope).refusals.note("request", source=key.id, fields=fields)

    async def _role_in(self, scope: Scope, path: str, key: Key | None) -> Role | None:
        """Return the role in the collection of the address; a private one is not there for others.

        Raises
        ------
        UnknownCollectionError
        """
        collection, private = collection_in(path) or "", services_for(scope).private
        is_private = collection in await anyio.to_thread.run_sync(private.ids)
        role = None if key is None else key.role_in(collection, private=is_private)
        is_hidden = is_private and role is None
        # What is not there is refused as early, or the difference would tell of what is private.
        if is_hidden or not (may_make_collection(path) or private.is_known(collection)):
            raise UnknownCollectionError(collection=collection)
        return role

    async def _signed_in(self, scope: Scope, path: str) -> Key | None:
        """Return the key of the browser's session; a write needs the token of its page."""
        if (sent := arcgis_token(scope, path)) is not None:
            return await self._of_token(scope, sent)
        token = session_token(scope)
        session = None if token is None else await services_for(scope).session_ring.find(token)
        if session is None:
            return None
        is_sign_in = path == "/session" and scope["method"] == "POST"
        if scope["method"] not in READING and not is_look_up(path) and not is_sign_in:
            check_csrf(scope, session)
        scope["state"]["session"] = session
        return session.key

    async def _of_token(self, scope: Scope, token: str) -> Key:
        session = await services_for(scope).session_ring.find(token)
        if session is None:
            self._count_failure(self.address_of(scope))
            raise UnauthorizedError("esri-token-wrong")
        return session.key

    async def _authorized(self, scope: Scope, authorization: bytes) -> Key | None:
        reads = scope["method"] in READING or is_look_up(own_path(scope))
        pair = basic_pair(authorization) if reads else None
        if pair is None:
            return await self.known_key(scope, bearer_secret(authorization))
        name, password = pair
        # A key stands behind any name.
        key = await services_for(scope).key_ring.find(password)
        return key or await self._account(scope, name, password)

    async def _account(self, scope: Scope, name: str, password: str) -> Key:
        """Return the account of a name and its password; a wrong one is noted as in a sign-in.

        Raises
        ------
        UnauthorizedError, TooManyError
        """
        address, services = self.address_of(scope), services_for(scope)
        account, compared = await services.basic_accounts.find(name, password, address=address)
        if account is not None:
            return account
        if compared:
            self._count_failure(address)
            fields: AuditFields = {"who": name[:LONGEST_NAME]}
            fields["request_id"] = scope["state"]["request_id"]
            fields["reason"] = f"basic-wrong: {address}"
            await services.refusals.note("sign-in", source=address, fields=fields)
        raise UnauthorizedError("basic-wrong")

    async def known_key(self, scope: Scope, secret: str) -> Key:
        """Return the key with that secret.

        Raises
        ------
        UnauthorizedError, TooManyError
        """
        key = await services_for(scope).key_ring.find(secret)
        if key is None:
            # Looked up first: behind one address there are others, whose keys are right.
            self._count_failure(self.address_of(scope))
            raise UnauthorizedError("key-wrong")
        return key

    def address_of(self, scope: Scope) -> str:
        """Return the address that a request comes from, by the word of trusted proxies."""
        return self._proxies.client_of(scope)

    def _count_failure(self, address: str) -> None:
        if seconds := self.failures.seconds_to_wait(address):
            raise TooManyError("too-many-failures", seconds=seconds)
        self.failures.add(address)


def bearer_secret(authorization: bytes) -> str:
    """Return the secret of ``Authorization: Bearer <secret>``.

    Raises
    ------
    UnauthorizedError
        If the header has another form.
    """
    scheme, _, secret = authorization.decode("latin-1").partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not 1 <= len(secret) <= LONGEST_KEY:
        raise UnauthorizedError("key-scheme")
    return secret
