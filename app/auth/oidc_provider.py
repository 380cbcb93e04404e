"""A provider of OpenID Connect: where it sends people, and who it says has come back.

By the code flow with PKCE (RFC 7636), state and nonce. What it signs is checked by the keys that it
publishes; asymmetric algorithms alone. Needs the extra ``oidc``.
"""

import hmac
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from app.http.fault_status import SettingsError, UnauthorizedError, UpstreamError
from app.settings import Settings
from zones.store.sql.provider_accounts import ProviderIdentity
from zones.store.sql.records import Role

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
)
TIMEOUT_S: Final = 10
LEEWAY_S: Final = 60
KNOWN_FOR_S: Final = 600.0
_WELL_KNOWN: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """What a browser keeps while its user is at the provider; ``after`` is where he goes then."""

    state: str
    nonce: str
    verifier: str
    after: str

    @classmethod
    def new(cls, after: str) -> "SignInAttempt":
        """Return one that nobody can guess."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, after)

    def as_json(self) -> dict[str, str]:
        """Return it as its cookie has it."""
        return asdict(self)


class OidcProvider:
    """The provider that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._found: tuple[float, dict[str, Any], Any] | None = None
        try:
            import authlib  # noqa: F401 - the service starts only with what it needs
        except ImportError as error:
            raise SettingsError("oidc-not-installed") from error

    def address(self, attempt: SignInAttempt, *, redirect_uri: str) -> str:
        """Return where the browser is to be sent.

        Raises
        ------
        UpstreamError
            If the provider does not answer.
        """
        found, _ = self._discovered()
        address, _ = self._client(redirect_uri).create_authorization_url(
            found["authorization_endpoint"],
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
        return str(address)

    def identity(
        self, attempt: SignInAttempt, answer: Mapping[str, str], *, redirect_uri: str
    ) -> ProviderIdentity:
        """Return who has come back with the provider's answer, the query of his address.

        Raises
        ------
        UnauthorizedError
            If the provider refused, or anything does not fit.
        UpstreamError
            If the provider does not answer.
        """
        found, keys = self._discovered()
        issuer = self._settings.oidc_issuer
        if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise UnauthorizedError("oidc-refused", reason="state")
        if answer.get("iss", issuer) != issuer:
            raise UnauthorizedError("oidc-refused", reason="iss")
        if "code" not in answer:
            raise UnauthorizedError("oidc-refused", reason=answer.get("error", "code")[:100])
        client = self._client(redirect_uri)
        claims = self._claims(client, found, keys, attempt, answer["code"])
        return self._identity_of(claims)

    def _client(self, redirect_uri: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        chosen = self._settings
        secret = chosen.oidc_client_secret
        return OAuth2Session(
            chosen.oidc_client_id,
            secret.get_secret_value() if secret else None,
            scope=chosen.oidc_scopes,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_S,
        )

    def _claims(
        self, client: Any, found: dict[str, Any], keys: Any, attempt: SignInAttempt, code: str
    ) -> dict[str, Any]:
        """Return what the provider says of the person: in its signed token, or when it is asked."""
        from authlib.integrations.base_client import OAuthError
        from joserfc.errors import JoseError
        from requests import RequestException

        try:
            token = client.fetch_token(
                found["token_endpoint"], code=code, code_verifier=attempt.verifier
            )
            claims = self._checked_anew(token.get("id_token", ""), keys, attempt.nonce)
            wanted = {self._settings.oidc_name_claim, self._settings.oidc_groups_claim}
            if not wanted <= claims.keys() and "userinfo_endpoint" in found:
                asked = client.get(found["userinfo_endpoint"])
                asked.raise_for_status()
                told = asked.json()
                if told.get("sub") == claims["sub"]:
                    claims = {**told, **claims}
        except (OAuthError, JoseError, ValueError) as error:
            raise UnauthorizedError("oidc-refused", reason=type(error).__name__) from error
        except RequestException as error:
            raise UpstreamError("oidc-no-answer", issuer=self._settings.oidc_issuer) from error
        return claims

    def _checked_anew(self, id_token: str, keys: Any, nonce: str) -> dict[str, Any]:
        """Return the claims of a token; keys are asked for once more, for they may have changed."""
        from joserfc.errors import JoseError

        try:
            return self._checked(id_token, keys, nonce)
        except JoseError:
            self._found = None
            return self._checked(id_token, self._discovered()[1], nonce)

    def _checked(self, id_token: str, keys: Any, nonce: str) -> dict[str, Any]:
        from joserfc import jwt

        claims: dict[str, Any] = jwt.decode(id_token, keys, algorithms=list(ALGORITHMS)).claims
        own = self._settings.oidc_client_id
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._settings.oidc_issuer},
            aud={"essential": True, "value": own},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        if claims.get("azp", own) != own:
            raise UnauthorizedError("oidc-refused", reason="azp")
        return claims

    def _identity_of(self, claims: Mapping[str, Any]) -> ProviderIdentity:
        chosen = self._settings
        name, listed = claims.get(chosen.oidc_name_claim), claims.get(chosen.oidc_groups_claim)
        if not isinstance(name, str) or not name:
            raise UnauthorizedError("oidc-no-name", claim=chosen.oidc_name_claim)
        groups = [listed] if isinstance(listed, str) else listed or []
        names = [each for each in groups if isinstance(each, str) and each]
        return ProviderIdentity(
            chosen.oidc_issuer, str(claims["sub"]), name, self._role(names), names
        )

    def _role(self, groups: Sequence[str]) -> Role:
        if self._settings.oidc_admins in groups:
            return "admin"
        return "editor" if self._settings.oidc_editors in groups else "reader"

    def _discovered(self) -> tuple[dict[str, Any], Any]:
        """Return what the provider publishes of itself, and its keys, as of some minutes ago."""
        with self._lock:
            if self._found is None or time.monotonic() - self._found[0] > KNOWN_FOR_S:
                self._found = (time.monotonic(), *self._asked())
            return self._found[1], self._found[2]

    def _asked(self) -> tuple[dict[str, Any], Any]:
        import requests
        from joserfc.jwk import KeySet

        issuer = self._settings.oidc_issuer
        try:
            found = _document(requests.get(issuer.rstrip("/") + _WELL_KNOWN, timeout=TIMEOUT_S))
            keys = _document(requests.get(found["jwks_uri"], timeout=TIMEOUT_S))
            parsed = KeySet.import_key_set(keys)  # type: ignore[arg-type]  # checked in there
        except (requests.RequestException, ValueError, KeyError) as error:
            raise UpstreamError("oidc-no-answer", issuer=issuer) from error
        if found.get("issuer") != issuer:
            raise UpstreamError("oidc-no-answer", issuer=issuer)
        return found, parsed


def _document(answer: Any) -> dict[str, Any]:
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def provider_of(settings: Settings) -> OidcProvider | None:
    """Return the provider that the settings name, None without one.

    Raises
    ------
    SettingsError
        If there is no id of a client, or the extra ``oidc`` is not installed.
    """
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise SettingsError("oidc-client-missing")
    return OidcProvider(settings)
