"""Whom a request is from, where proxies stand between: as those that are trusted say."""

import re
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.types import Scope

from app.http.fault_status import SettingsError

UNKNOWN: Final = "unknown"
_FOR: Final = re.compile(r'(?:^|;)\s*for=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))', re.IGNORECASE)
_BRACKETED: Final = re.compile(r"\[([^\]]*)\](?::[0-9]*)?")
_WITH_PORT: Final = re.compile(r"([0-9.]+):[0-9]+")


class TrustedProxies:
    """Finds the client's address: the last one in the header that no trusted proxy has.

    A proxy appends the address that it was asked from, so that what stands before an address
    nobody trusts may be anybody's invention.

    Parameters
    ----------
    listed
        Addresses and networks, separated by commas; none trusts nobody.
    header
        ``x-forwarded-for`` or ``forwarded`` (RFC 7239). One of them: a proxy that sets one passes
        the other on as the client wrote it.

    Raises
    ------
    SettingsError
        If something listed is neither.
    """

    def __init__(self, listed: str = "", header: str = "x-forwarded-for") -> None:
        names = [name.strip() for name in listed.split(",")]
        self._networks = tuple(_network(name) for name in names if name)
        self._header = header.encode()
        self._hops = _hops_of_forwarded if header == "forwarded" else _hops_of_list
        self._is_trusted = lru_cache(maxsize=1024)(self._lies_within)

    def client_of(self, scope: Scope) -> str:
        """Return the address that the request is from, as text."""
        client: str = (scope.get("client") or (UNKNOWN,))[0]
        if not self._networks or not self._is_trusted(client):
            return client
        written = b",".join(value for name, value in scope["headers"] if name == self._header)
        for hop in reversed(self._hops(written.decode("latin-1"))):
            address = plain_address(hop)
            if address is None:
                return client  # hidden, or nonsense: the proxy that says so is all we know
            client = address
            if not self._is_trusted(client):
                break
        return client

    def _lies_within(self, address: str) -> bool:
        plain = plain_address(address)
        return plain is not None and any(ip_address(plain) in each for each in self._networks)


def plain_address(hop: str) -> str | None:
    """Return the address of ``1.2.3.4``, ``1.2.3.4:80``, ``::1`` or ``[::1]:80``; else None.

    An IPv4 address written as IPv6 (``::ffff:1.2.3.4``) is the former.
    """
    hop = hop.strip()
    match = _BRACKETED.fullmatch(hop) or _WITH_PORT.fullmatch(hop)
    try:
        parsed = ip_address(match.group(1) if match else hop)
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)


def _network(name: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(name, strict=False)
    except ValueError as error:
        raise SettingsError("proxy-address-invalid", given=name[:80]) from error


def _hops_of_list(written: str) -> list[str]:
    return [hop for hop in written.split(",") if hop.strip()]


def _hops_of_forwarded(written: str) -> list[str]:
    """Return each element's ``for``; one without it hides whom it is from."""
    found = []
    for element in written.split(","):
        if element.strip():
            match = _FOR.search(element)
            found.append((match.group(1) or match.group(2) or "") if match else UNKNOWN)
    return found
