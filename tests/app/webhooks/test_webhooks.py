"""Receivers are told of each revision: signed, in order, again until they take it."""

import base64
import hashlib
import hmac
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.http.fault_status import SettingsError
from app.settings import Settings
from app.webhooks import deliveries
from app.webhooks.pinned_request import NotAllowedError, allowed_address, is_allowed, post
from app.webhooks.receivers import Receiver as Target
from app.webhooks.receivers import webhook_settings
from app.webhooks.signed_message import Message, message_of, signed_headers
from tests.app.conftest import Serve, with_key
from tests.app.files import make_collection
from tests.app.server.test_renewal import eventually
from tests.app.webhooks.receiver import Receiver, receiving
from zones.model import Revision, RevisionNote

SECRET = bytes(range(32))
KEY = f"whsec_{base64.b64encode(SECRET).decode()}"
LOOPBACK = "127.0.0.1/32"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "INTERVAL_S", 0.02)
    monkeypatch.setattr(deliveries, "FIRST_WAIT_S", 0.02)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def telling(serve: Serve, receiver: Receiver) -> TestClient:
    """Return a client of a service that tells the receiver, which has looked once by now."""
    client = with_key(serve(webhooks=receiver.address, webhook_key=KEY, webhook_networks=LOOPBACK))
    kept = list_kept(client)
    assert eventually(lambda: bool(kept()))
    return client


def list_kept(client: TestClient) -> Callable[[], list[str]]:
    """Return what lists the files that say how far receivers were told."""
    folder = client.app.state.services.jobs.folder.webhooks  # type: ignore[attr-defined]  # a FastAPI application
    return lambda: [path.read_text() for path in folder.glob("*.revision")]


def entries(client: TestClient) -> list[dict[str, Any]]:
    """Return the lines of the audit log on webhooks, newest first."""
    found: list[dict[str, Any]] = client.get("/audit?action=webhook").json()["entries"]
    return found


def test_each_revision_is_told_in_order_and_signed(telling: TestClient, receiver: Receiver) -> None:
    make_collection(telling, "mine")
    telling.patch("/collections/mine", json={"source": "甲"})
    assert eventually(lambda: len(receiver.bodies) == 2)
    first, second = receiver.revisions()
    assert second == first + 1 == telling.get("/collections/mine").json()["revision"]
    told = receiver.told(0)
    assert (told["type"], told["data"]["who"]) == ("revision", "admin")
    assert told["data"]["collections"] == [{"id": "mine"}]
    for headers, body in zip(receiver.headers, receiver.bodies, strict=True):
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
        assert headers["webhook-signature"] == f"v1,{digest}"
    assert eventually(lambda: len(entries(telling)) == 2)
    taken = entries(telling)[0]
    assert (taken["outcome"], taken["revision"]) == ("ok", second)
    assert "told?of" not in taken["reason"]  # there may be a secret in it


def test_what_is_not_taken_is_sent_again(telling: TestClient, receiver: Receiver) -> None:
    receiver.statuses += [500, 302]
    make_collection(telling, "mine")
    assert eventually(lambda: len(receiver.bodies) == 3)
    assert len({each["webhook-id"] for each in receiver.headers}) == 1
    assert eventually(lambda: len(entries(telling)) == 2)
    taken, failed = entries(telling)
    assert (taken["outcome"], failed["outcome"]) == ("ok", "refused")
    assert failed["reason"].endswith("1: status: 500")


def test_what_is_never_taken_is_given_up_and_the_next_is_told(
    telling: TestClient, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "TRIES", 2)
    receiver.statuses += [503, 503]
    make_collection(telling, "mine")
    make_collection(telling, "other")
    assert eventually(lambda: len(receiver.bodies) == 3)
    assert receiver.told(2)["data"]["collections"] == [{"id": "other"}]
    assert eventually(
        lambda: [each["outcome"] for each in entries(telling)] == ["ok", "failed", "refused"]
    )


def test_private_collections_are_not_told(telling: TestClient, receiver: Receiver) -> None:
    telling.post("/collections", json={"id": "vault", "private": True, "title": "密"})
    make_collection(telling, "mine")
    assert eventually(lambda: len(receiver.bodies) == 1)
    assert b"vault" not in receiver.bodies[0]


def test_revisions_from_while_nobody_told_them_are_told_after_the_start(
    serve: Serve, telling: TestClient, receiver: Receiver
) -> None:
    telling.app.state.services.webhooks.close()  # type: ignore[attr-defined]  # a FastAPI application
    make_collection(telling, "mine")
    make_collection(telling, "other")
    assert receiver.bodies == []
    serve(webhooks=receiver.address, webhook_key=KEY, webhook_networks=LOOPBACK)
    assert eventually(lambda: len(receiver.bodies) == 2)
    first, second = receiver.revisions()
    assert second == first + 1


def test_two_workers_tell_each_revision_once(
    serve: Serve, telling: TestClient, receiver: Receiver
) -> None:
    serve(webhooks=receiver.address, webhook_key=KEY, webhook_networks=LOOPBACK)
    for number in range(3):
        make_collection(telling, f"mine_{number}")
    assert eventually(lambda: len(receiver.bodies) == 3)
    assert len(set(receiver.revisions())) == 3


def test_private_addresses_are_not_reached_unless_allowed(serve: Serve, receiver: Receiver) -> None:
    client = with_key(serve(webhooks=receiver.address, webhook_key=KEY))
    kept = list_kept(client)
    assert eventually(lambda: bool(kept()))
    make_collection(client, "mine")
    assert eventually(lambda: bool(entries(client)))
    assert "address-not-allowed: 127.0.0.1" in entries(client)[-1]["reason"]
    assert receiver.bodies == []


@pytest.mark.parametrize(
    ("address", "scheme", "allowed"),
    [
        ("8.8.8.8", "https", True),
        ("8.8.8.8", "http", False),
        ("2606:4700::1111", "https", True),
        ("127.0.0.1", "https", False),
        ("10.0.0.1", "https", False),
        ("10.9.0.1", "http", True),
        ("169.254.169.254", "https", False),
        ("0.0.0.0", "https", False),  # noqa: S104 - an address to be refused
        ("100.64.0.1", "https", False),
        ("224.0.0.1", "https", False),
        ("255.255.255.255", "https", False),
        ("::1", "https", False),
        ("::ffff:10.0.0.1", "https", False),
        ("::ffff:10.9.0.1", "https", True),
        ("64:ff9b::a00:1", "https", False),
        ("2002:a00:1::", "https", False),
        ("fe80::1%eth0", "https", False),
        ("fd00::1", "https", False),
    ],
)
def test_which_addresses_may_be_reached(address: str, scheme: str, *, allowed: bool) -> None:
    networks = webhook_settings(Settings(webhook_networks="10.9.0.0/16")).networks
    assert is_allowed(address, networks, scheme=scheme) is allowed


def test_a_name_that_changes_its_address_does_not_lead_elsewhere(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: str, *args: Any, **more: Any) -> Any:
        if host != "hooks.example":
            return real(host, *args, **more)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    settings = webhook_settings(
        Settings(
            webhooks=f"http://hooks.example:{receiver.port}/a",
            webhook_key=KEY,  # type: ignore[arg-type]  # pydantic makes it one
            webhook_networks=LOOPBACK,
        )
    )
    (to,) = settings.receivers
    address = allowed_address(to, settings.networks)
    assert post(to, address, b"{}", {}) == 200
    assert asked == ["hooks.example"]
    assert receiver.headers[0]["Host"] == f"hooks.example:{receiver.port}"
    with pytest.raises(NotAllowedError):
        allowed_address(to, settings.networks)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")
def test_a_certificate_must_be_of_the_name_that_was_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [str(tmp_path / name) for name in ("key.pem", "certificate.pem")]
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=hooks.example", "-addext", "subjectAltName=DNS:hooks.example"]
    subprocess.run(
        [*new, *named, "-keyout", files[0], "-out", files[1]], check=True, capture_output=True
    )
    monkeypatch.setenv("SSL_CERT_FILE", files[1])
    with receiving(certificate=(files[1], files[0])) as secure:
        right = Target("https", "hooks.example", secure.port, "/a?b=c")
        assert post(right, "127.0.0.1", b"{}", {}) == 200
        assert secure.headers[0]["Host"] == f"hooks.example:{secure.port}"
        with pytest.raises(ssl.SSLCertVerificationError):
            post(replace(right, host="other.example"), "127.0.0.1", b"{}", {})
    assert len(secure.bodies) == 1


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"webhooks": "https://a.example"}, "webhook-key-unfit"),
        ({"webhooks": "https://a.example", "webhook_key": "whsec_c2hvcnQ="}, "webhook-key-unfit"),
        ({"webhooks": "ftp://a.example", "webhook_key": KEY}, "webhook-address-invalid"),
        ({"webhooks": "https://u:p@a.example", "webhook_key": KEY}, "webhook-address-invalid"),
        ({"webhooks": "https://a.example:x", "webhook_key": KEY}, "webhook-address-invalid"),
        ({"webhook_networks": "10.1.2.3/24"}, "webhook-network-invalid"),
    ],
    ids=["no-key", "short-key", "scheme", "password", "port", "network"],
)
def test_settings_that_cannot_be_meant_are_refused(settings: dict[str, Any], code: str) -> None:
    with pytest.raises(SettingsError) as refused:
        webhook_settings(Settings(**settings))
    assert refused.value.code == code
    assert "u:p" not in str(refused.value.params)


def test_a_collection_is_linked_where_the_address_of_the_service_is_known() -> None:
    at = datetime(2026, 11, 30, tzinfo=UTC)
    revision = Revision(7, at, RevisionNote("甲", "乙"), ("parcels",))
    body = message_of(revision, "https://zones.example/").body
    assert b'"href":"https://zones.example/collections/parcels"' in body


def test_a_message_is_signed_as_the_standard_has_it() -> None:
    # By the reference library, standardwebhooks 1.1.0 of PyPI, with the same key, id and time.
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    message = Message("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}')
    headers = signed_headers(message, key, seconds=1614265330)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
