"""Whom a request is from, behind proxies that are trusted, and behind others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http.client_behind_proxies import TrustedProxies, plain_address
from app.http.fault_status import SettingsError

PROXY, CLIENT, INVENTED = "10.0.0.1", "203.0.113.7", "198.51.100.9"


def client_of(proxies: TrustedProxies, *values: str, peer: str = PROXY, name: str = "") -> str:
    header = (name or "x-forwarded-for").encode()
    headers = [(header, value.encode("latin-1")) for value in values]
    return proxies.client_of({"client": (peer, 1234), "headers": headers})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((CLIENT,), CLIENT),
        ((f"{INVENTED}, {CLIENT}",), CLIENT),
        ((INVENTED, CLIENT), CLIENT),
        ((f"{CLIENT}, 10.9.9.9",), CLIENT),
        ((f"{CLIENT}:51234",), CLIENT),
        (("2001:db8::7",), "2001:db8::7"),
        (("[2001:DB8:0:0::7]:443",), "2001:db8::7"),
        ((f"::ffff:{CLIENT}",), CLIENT),
        (("10.2.2.2, 10.3.3.3",), "10.2.2.2"),
        ((f"{CLIENT}, unknown",), PROXY),
        ((f"{CLIENT}, _hidden, 10.9.9.9",), "10.9.9.9"),
        (("",), PROXY),
        ((), PROXY),
    ],
)
def test_the_last_address_that_nobody_trusts_is_the_client(
    values: tuple[str, ...], expected: str
) -> None:
    assert client_of(TrustedProxies("10.0.0.0/8"), *values) == expected


def test_nobody_is_trusted_by_default_and_a_stranger_never() -> None:
    assert client_of(TrustedProxies(), CLIENT) == PROXY
    assert client_of(TrustedProxies("10.0.0.1"), CLIENT, peer="10.0.0.2") == "10.0.0.2"
    assert client_of(TrustedProxies("10.0.0.1"), CLIENT, peer="::ffff:10.0.0.1") == CLIENT
    assert TrustedProxies("10.0.0.1").client_of({"client": None, "headers": []}) == "unknown"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"for={CLIENT}", CLIENT),
        (f'For="{CLIENT}:80";proto=https;by=10.0.0.1', CLIENT),
        (f"proto=https; for={CLIENT}", CLIENT),
        (f'for={INVENTED}, for="[2001:db8::7]:4711", for=10.1.1.1', "2001:db8::7"),
        (f'for="{INVENTED}, for={CLIENT}', CLIENT),
        (f"for={CLIENT}, proto=https", PROXY),
        ("for=_secret", PROXY),
    ],
)
def test_forwarded_is_read_where_it_is_chosen(value: str, expected: str) -> None:
    proxies = TrustedProxies("10.0.0.0/8", "forwarded")
    assert client_of(proxies, value, name="forwarded") == expected
    assert client_of(TrustedProxies("10.0.0.0/8"), value, name="forwarded") == PROXY


@given(st.lists(st.text(st.characters(max_codepoint=255)), max_size=4))
def test_whatever_a_client_invents_the_proxys_word_stands(invented: list[str]) -> None:
    written = ", ".join([*invented, CLIENT])
    assert client_of(TrustedProxies(PROXY), written) == CLIENT


@pytest.mark.slow
@given(st.text())
def test_any_text_is_an_address_or_none(text: str) -> None:
    address = plain_address(text)
    assert address is None or plain_address(address) == address


@pytest.mark.parametrize("listed", ["proxy.example", "10.0.0.0/33", "127.0.0.1;10.0.0.1", "*"])
def test_what_is_no_address_is_refused(listed: str) -> None:
    with pytest.raises(SettingsError) as raised:
        TrustedProxies(f"127.0.0.1, {listed}")
    assert raised.value.code == "proxy-address-invalid"
