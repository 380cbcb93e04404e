"""Sends a request to the address that was judged, whatever the name resolves to a moment later."""

import http.client
import socket
import ssl
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

from app.webhooks.receivers import Network, Receiver

TIMEOUT_S: Final = 10.0
_NAT64: Final = IPv6Network("64:ff9b::/96")
_IPV4_BITS: Final = 0xFFFFFFFF

Address = IPv4Address | IPv6Address


class NotAllowedError(Exception):
    """A receiver's name stands for an address that must not be reached."""


def allowed_address(receiver: Receiver, networks: Sequence[Network]) -> str:
    """Return the address to connect to: resolved once, judged, and used as it is.

    Public addresses by HTTPS, and whatever lies in ``networks``. A name that stands for any other
    address too is refused as a whole.

    Raises
    ------
    NotAllowedError
    OSError
        If the name cannot be resolved.
    """
    found = socket.getaddrinfo(receiver.host, receiver.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    for address in addresses:
        if not is_allowed(address, networks, scheme=receiver.scheme):
            raise NotAllowedError(address)
    return addresses[0]


def is_allowed(address: str, networks: Sequence[Network], *, scheme: str) -> bool:
    """Return whether an address may be reached."""
    target = _behind(ip_address(address.partition("%")[0]))
    if any(target in network for network in networks):
        return True
    is_public = target.is_global and not target.is_multicast and not target.is_reserved
    return is_public and scheme == "https"


def post(receiver: Receiver, address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a body to the receiver at an address; return the status, following no redirection.

    Raises
    ------
    OSError, http.client.HTTPException
        If there is no answer.
    """
    connection = _Pinned(receiver, address)
    try:
        connection.request("POST", receiver.target, body, {**headers, "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whose certificate must be of the receiver's name."""

    def __init__(self, receiver: Receiver, address: str) -> None:
        super().__init__(receiver.host, receiver.port, timeout=TIMEOUT_S)
        self.default_port = {"https": 443, "http": 80}[receiver.scheme]
        self._address, self._is_secure = address, receiver.scheme == "https"

    def connect(self) -> None:
        """Connect to the address, not to whatever the name stands for by now."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _behind(address: Address) -> Address:
    """Return the IPv4 address that one of IPv6 leads to, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & _IPV4_BITS)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address
