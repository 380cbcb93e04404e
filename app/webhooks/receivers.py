"""Who is told of revisions: the addresses, the key and the networks of the settings, checked."""

import base64
import binascii
import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final
from urllib.parse import urlsplit

from app.http.fault_status import SettingsError
from app.settings import Settings

PREFIX: Final = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64
SCHEMES: Final = {"https": 443, "http": 80}
_PASSWORD: Final = re.compile(r"//[^/]*@")

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Receiver:
    """One address that is told; ``target`` is what follows the host in a request."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def shown(self) -> str:
        """Return it without path and query, which may hold a secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Everybody who is told, with which key it is signed, and which private networks may be."""

    receivers: tuple[Receiver, ...]
    key: bytes
    networks: tuple[Network, ...]


def webhook_settings(settings: Settings) -> WebhookSettings:
    """Return what the settings say of webhooks; without addresses there is nobody to tell.

    Raises
    ------
    SettingsError
        If an address is none of HTTP, a network is none, or the key is missing or short.
    """
    receivers = tuple(map(_receiver, dict.fromkeys(settings.webhooks.replace(",", " ").split())))
    listed = settings.webhook_networks.replace(",", " ").split()
    key = _key(settings) if receivers else b""
    return WebhookSettings(receivers, key, tuple(map(_network, listed)))


def _receiver(address: str) -> Receiver:
    shown = _PASSWORD.sub("//…@", address.partition("?")[0])[:200]
    unfit = SettingsError("webhook-address-invalid", given=shown)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise unfit from None
    is_plain = address.isascii() and parts.username is None and not parts.fragment
    if parts.scheme not in SCHEMES or not parts.hostname or not is_plain:
        raise unfit
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Receiver(parts.scheme, parts.hostname, port or SCHEMES[parts.scheme], target)


def _network(name: str) -> Network:
    try:
        return ip_network(name)
    except ValueError:
        raise SettingsError("webhook-network-invalid", given=name[:100]) from None


def _key(settings: Settings) -> bytes:
    written = settings.webhook_key.get_secret_value() if settings.webhook_key else ""
    try:
        key = base64.b64decode(written.strip().removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise SettingsError("webhook-key-unfit", least=LEAST_BYTES, most=MOST_BYTES)
    return key
