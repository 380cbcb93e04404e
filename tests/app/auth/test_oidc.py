"""Signing in at a provider of OpenID Connect: a certified one, in Node, that the service asks."""

import base64
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.testclient import TestClient

from app.auth.oidc_provider import OidcProvider, provider_of
from app.http.fault_status import SettingsError, UnauthorizedError
from app.settings import Settings
from tests.app.conftest import Serve, serving, settings_for, with_key
from tests.app.processes import free_port
from tests.paths import ROOT

FOLDER: Final = ROOT / "tests" / "oidc_provider"
CALLBACK: Final = "http://testserver/signin/oidc/callback"
LOGGED_IN: Final = "/account"
OWN: Final = {"oidc_issuer": "https://a.example", "oidc_client_id": "zones"}


@dataclass(frozen=True)
class Signing:
    """A service and the provider at which its people sign in; ``people`` by login."""

    admin: TestClient
    people: Path

    def put(self, **people: dict[str, Any]) -> None:
        """Let the provider know these people."""
        self.people.write_text(json.dumps(people))

    def browser(self) -> TestClient:
        """Return a client that is nobody yet."""
        return TestClient(self.admin.app, follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def signing(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node")
    if not (FOLDER / "node_modules").exists():
        ran = subprocess.run(["npm", "ci"], cwd=FOLDER, capture_output=True, text=True, check=False)
        if ran.returncode:
            pytest.skip(f"npm ci failed: {ran.stderr[-200:]}")
    folder, port = tmp_path_factory.mktemp("oidc"), free_port()
    people = folder / "people.json"
    people.write_text("{}")
    command = [node, "provider.mjs", str(port), CALLBACK, str(people)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=log)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n", (folder / "log").read_text()
    shutil.copy(seeded_file, folder / "zones.sqlite")
    settings = {
        "oidc_issuer": f"http://127.0.0.1:{port}",
        "oidc_client_id": "zones",
        "oidc_client_secret": "secret-of-the-tests",
        "oidc_admins": "gis-admins",
        "oidc_editors": "测绘科",
        "oidc_title": "区门户",
    }
    with serving(settings_for(folder, **settings)) as client:
        yield Signing(with_key(client), people)
    process.terminate()
    process.wait(30)
    process.stdout.close()


def at_provider(address: str, login: str) -> str:
    """Sign in there and agree, as a browser does; return the address that it leads back to."""
    with httpx.Client(follow_redirects=False) as browser:
        answer = browser.get(address)
        while True:
            while "location" in answer.headers:
                to = answer.headers["location"]
                if to.startswith(CALLBACK):
                    return to
                answer = browser.get(answer.url.join(to))
            assert answer.status_code == 200, answer.text
            prompt = re.findall(r'name="prompt" value="(\w+)"', answer.text)[0]
            action = re.findall(r'action="([^"]+)"', answer.text)[0]
            form = {"prompt": prompt, "login": login, "password": "any"}
            answer = browser.post(answer.url.join(action), data=form)


def signed_in(browser: TestClient, login: str, *, after: str = "/collections") -> Any:
    """Walk through a sign-in; return the service's last answer."""
    begun = browser.get(f"/signin/oidc?next={after}")
    assert begun.status_code == 303, begun.text
    assert "code_challenge_method=S256" in begun.headers["location"]
    return browser.get(at_provider(begun.headers["location"], login))


def account(signing: Signing, name: str) -> dict[str, Any]:
    """Return the account of that name, as administrators see it."""
    listed = signing.admin.get("/accounts").json()["accounts"]
    (found,) = [each for each in listed if each["name"] == name]
    return dict(found)


def members_of(signing: Signing, group_id: str) -> list[str]:
    """Return who is in a group, as administrators see it."""
    listed = signing.admin.get("/groups").json()["groups"]
    (found,) = [each["members"] for each in listed if each["id"] == group_id]
    return list(found)


def test_who_comes_back_has_a_session_the_role_and_the_groups_of_the_provider(
    signing: Signing,
) -> None:
    group = signing.admin.post("/groups", json={"name": "测绘科"}).json()
    signing.put(u1={"preferred_username": "zhang.san", "groups": ["测绘科", "elsewhere"]})
    browser = signing.browser()
    page = browser.get("/signin")
    assert 'href="/signin/oidc?' in page.text
    assert "区门户" in page.text
    answer = signed_in(browser, "u1", after="/map")
    assert (answer.status_code, answer.headers["refresh"]) == (200, "0; url=/map")
    cookies = SimpleCookie("; ".join(answer.headers.get_list("set-cookie")))
    assert "zones_session" in cookies
    assert browser.get(LOGGED_IN).status_code == 200
    found = account(signing, "zhang.san")
    assert found["role"] == "editor"
    assert members_of(signing, group["id"]) == [found["id"]]
    entry = signing.admin.get("/audit?action=sign-in").json()["entries"][0]
    assert (entry["outcome"], entry["who"], entry["reason"]) == ("ok", "zhang.san", "oidc")
    # Moved to another office: at the next sign-in it counts, and it is the same account.
    signing.put(u1={"preferred_username": "zhang.san", "groups": ["gis-admins"]})
    assert signed_in(signing.browser(), "u1").status_code == 200
    again = account(signing, "zhang.san")
    assert (again["id"], again["role"]) == (found["id"], "admin")
    assert members_of(signing, group["id"]) == []


def test_signing_out_ends_the_session(signing: Signing) -> None:
    signing.put(u2={"preferred_username": "li.si"})
    browser = signing.browser()
    signed_in(browser, "u2")
    page = browser.get(LOGGED_IN).text
    token = re.findall(r'name="csrf" content="(\w+)"|data-csrf="(\w+)"', page)
    csrf = next(each for pair in token for each in pair if each)
    assert browser.delete("/session", headers={"X-CSRF-Token": csrf}).status_code == 204
    assert browser.get(LOGGED_IN).status_code == 401


def test_a_name_that_somebody_else_has_is_not_taken_over(signing: Signing) -> None:
    made = {"name": "wang.wu", "password": "correct horse 8", "role": "admin"}
    assert signing.admin.post("/accounts", json=made).status_code == 201
    signing.put(u3={"preferred_username": "wang.wu"}, u4={"preferred_username": "zhao.liu"})
    answer = signed_in(signing.browser(), "u3")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/problems/oidc-name-taken")
    entry = signing.admin.get("/audit?action=sign-in").json()["entries"][0]
    assert (entry["outcome"], entry["reason"]) == ("refused", "oidc: oidc-name-taken")
    assert signed_in(signing.browser(), "u4").status_code == 200


def test_such_an_account_has_no_password_and_can_be_ended(signing: Signing) -> None:
    signing.put(u5={"preferred_username": "sun.qi"})
    browser = signing.browser()
    signed_in(browser, "u5")
    found = account(signing, "sun.qi")
    address = f"/accounts/{found['id']}"
    refused = signing.admin.patch(address, json={"password": "correct horse 9"})
    assert refused.json()["type"].endswith("/problems/oidc-no-password")
    by_password = {"name": "sun.qi", "password": "oidc:"}
    assert browser.post("/session", json=by_password).status_code == 401
    assert signing.admin.patch(address, json={"active": False}).status_code == 200
    ended = signed_in(signing.browser(), "u5")
    assert ended.status_code == 401
    assert ended.json()["type"].endswith("/problems/oidc-account-ended")


def test_an_answer_is_taken_once_and_from_the_browser_that_asked(signing: Signing) -> None:
    signing.put(u6={"preferred_username": "zhou.ba"})
    browser, other = signing.browser(), signing.browser()
    begun = browser.get("/signin/oidc").headers["location"]
    back = at_provider(begun, "u6")
    other.get("/signin/oidc")
    stateless = f"{CALLBACK}?code=x"
    for asked, address in ((signing.browser(), back), (other, back), (browser, stateless)):
        refused = asked.get(address)
        assert (refused.status_code, "oidc-refused" in refused.text) == (401, True)
    kept = browser.cookies["zones_oidc"]
    assert browser.get(back).status_code == 200
    assert browser.get(back, headers={"Cookie": f"zones_oidc={kept}"}).status_code == 401


def test_keys_that_the_provider_has_changed_are_asked_for_anew(signing: Signing) -> None:
    signing.put(u8={"preferred_username": "zheng.shi"})
    provider = signing.admin.app.state.services.oidc  # type: ignore[attr-defined]  # a FastAPI application
    found, _ = provider._discovered()
    former = KeySet([RSAKey.generate_key(2048, {"kid": "former"})])
    provider._found = (time.monotonic(), found, former)
    assert signed_in(signing.browser(), "u8").status_code == 200


def test_it_leads_to_no_other_site_afterwards(signing: Signing) -> None:
    signing.put(u7={"preferred_username": "wu.jiu"})
    answer = signed_in(signing.browser(), "u7", after="//evil.example")
    assert answer.headers["refresh"] == "0; url=/upload"
    forged = {"state": "s", "nonce": "n", "verifier": "v", "after": "https://evil.example"}
    cookie = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode()
    browser = signing.browser()
    refused = browser.get(f"{CALLBACK}?state=s&code=c", headers={"Cookie": f"zones_oidc={cookie}"})
    assert refused.status_code == 401


def test_without_a_provider_there_is_no_such_door(serve: Serve) -> None:
    client = serve()
    assert client.get("/signin/oidc").status_code == 404
    assert "/signin/oidc" not in client.get("/signin").text


def test_a_provider_that_does_not_answer_is_told(serve: Serve) -> None:
    client = serve(oidc_issuer="http://127.0.0.1:9", oidc_client_id="zones")
    answer = client.get("/signin/oidc", follow_redirects=False)
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("/problems/oidc-no-answer")


def test_a_client_without_an_id_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError) as refused:
        provider_of(Settings(oidc_issuer="https://a.example"))
    assert refused.value.code == "oidc-client-missing"


GOOD: Final = {"iss": "https://a.example", "aud": "zones", "sub": "u", "nonce": "n"}
TIMES: Final = {"iat": 1_700_000_000, "exp": 4_000_000_000}


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://b.example"},
        {"aud": "other"},
        {"nonce": "other"},
        {"exp": 1_700_000_001},
        {"azp": "other"},
        {"sub": None},
    ],
    ids=["issuer", "audience", "nonce", "expired", "party", "nobody"],
)
def test_a_token_that_is_not_for_us_now_is_refused(changed: dict[str, Any]) -> None:
    key = RSAKey.generate_key(2048, {"kid": "a"})
    keys, provider = KeySet([key]), OidcProvider(Settings(**OWN))  # type: ignore[arg-type]  # names are checked by Settings
    head = {"alg": "RS256", "kid": "a"}
    assert provider._checked(jwt.encode(head, {**GOOD, **TIMES}, key), keys, "n")["sub"] == "u"
    claims = {k: v for k, v in {**GOOD, **TIMES, **changed}.items() if v is not None}
    with pytest.raises((JoseError, ValueError, UnauthorizedError)):
        provider._checked(jwt.encode(head, claims, key), keys, "n")


def test_a_token_that_the_provider_did_not_sign_is_refused() -> None:
    key, other = (RSAKey.generate_key(2048, {"kid": "a"}) for _ in range(2))
    provider = OidcProvider(Settings(**OWN))  # type: ignore[arg-type]  # names are checked by Settings
    public = json.dumps(key.as_dict(private=False)).encode()
    forged = [
        jwt.encode({"alg": "RS256", "kid": "a"}, {**GOOD, **TIMES}, other),
        jwt.encode({"alg": "HS256", "kid": "a"}, {**GOOD, **TIMES}, OctKey.import_key(public)),
        ".".join(part(each) for each in ({"alg": "none"}, {**GOOD, **TIMES})) + ".",
    ]
    for each in forged:
        with pytest.raises((JoseError, ValueError, UnauthorizedError)):
            provider._checked(each, KeySet([key]), "n")


def part(members: dict[str, Any]) -> str:
    """Return a part of a token."""
    return base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")


def test_who_tries_answers_again_and_again_has_to_wait(signing: Signing) -> None:
    browser = TestClient(signing.admin.app, client=("192.0.2.7", 50000))
    browser.get("/signin/oidc", follow_redirects=False)
    statuses = [browser.get(f"{CALLBACK}?state=x&code=y").status_code for _ in range(30)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
