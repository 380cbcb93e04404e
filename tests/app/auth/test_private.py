"""A private collection is absent for all who have no right in it, wherever they look."""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import serving_copy, with_key

VAULT, GONE, PLAIN = "vault_q7", "bygone_q7", "plain_q7"
ABSENT = "absen_q7"
"""An id of as many characters that no collection has."""
WORDS = {
    "title": "密库甲乙",
    "title_en": "Secret hoard",
    "description": "秘述丙丁",
    "source": "秘源戊己",
    "licence": "秘许庚辛",
    "contact": "mi@miku.example",
    "keywords": "秘键午未",
    "property": "秘栏壬癸",
    "value": "秘值子丑",
    "fid": "mi_fid_1",
    "note": "秘由寅卯",
    "file": "mi-file-q7.geojson",
    "revision": "秘改辰巳",
}
SECRETS = tuple(word.encode() for word in (*WORDS.values(), VAULT, GONE))
AREA = {
    "type": "Polygon",
    "coordinates": [
        [[123.4, 41.78], [123.41, 41.78], [123.41, 41.79], [123.4, 41.79], [123.4, 41.78]]
    ],
}
SECRET = {
    "type": "Feature",
    "id": WORDS["fid"],
    "geometry": AREA,
    "properties": {"name": WORDS["value"], WORDS["property"]: WORDS["value"]},
}


@dataclass(frozen=True)
class People:
    """Clients of one service: an administrator, anybody, and keys with and without a right."""

    admin: TestClient
    anybody: TestClient
    member: TestClient
    stranger: TestClient
    import_id: str


@pytest.fixture(scope="module")
def people(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with serving_copy(seeded_file, tmp_path_factory.mktemp("private")) as admin:
        keys = {
            name: admin.post("/keys", json={"name": name, "role": "editor"}).json()
            for name in ("member", "stranger")
        }
        member = with_key(TestClient(admin.app), keys["member"]["secret"])
        stranger = with_key(TestClient(admin.app), keys["stranger"]["secret"])
        import_id = fill(admin, member)
        yield People(admin, TestClient(admin.app), member, stranger, import_id)


def fill(admin: TestClient, member: TestClient) -> str:
    """Make a private collection with a history, a dropped one, an open one; return an import."""
    told = {name: WORDS[name] for name in ("title", "title_en", "description")}
    done(admin.post("/collections", json={"id": PLAIN, "title": "敞"}), 201)
    for id_ in (VAULT, GONE):
        done(member.post("/collections", json={"id": id_, "private": True, **told}), 201)
        upload = {"file": (WORDS["file"], geojson(), "application/geo+json")}
        made = member.post(
            f"/collections/{id_}/imports",
            files=upload,
            data={"note": WORDS["note"]},
            headers={"Prefer": "wait=30"},
        )
        done(made, 201)
    described = {name: WORDS[name] for name in ("source", "licence", "contact", "keywords")}
    done(member.patch(f"/collections/{VAULT}", json={**described, "visible": True}), 200)
    both = [{"collection": id_, "put": [{**SECRET, "id": "x"}]} for id_ in (VAULT, PLAIN)]
    both[1]["put"] = [{"type": "Feature", "id": "x", "geometry": AREA, "properties": {}}]
    edits = {"note": WORDS["revision"], "changes": both}
    seen = member.get(f"/edits?collections={VAULT}").headers["etag"]
    done(member.post("/edits", json=edits, headers={"If-Match": seen}), 200)
    done(member.delete(f"/collections/{GONE}"), 204)
    return str(made.json()["id"])


def geojson() -> bytes:
    """Return a file with the secret feature."""
    return json.dumps({"type": "FeatureCollection", "features": [SECRET]}).encode()


def done(answer: object, status: int) -> None:
    assert getattr(answer, "status_code", None) == status, getattr(answer, "text", "")


def paths(client: TestClient) -> list[str]:
    """Return the address of every route that is read, its parameters still open."""
    found = []
    for route in client.app.routes:  # type: ignore[attr-defined]  # a Starlette application
        if {"GET"} & (route.methods or set()):
            found.append(route.path)
    return found


NAMED = {
    "tms_id": ("WebMercatorQuad",),
    "tilematrixset": ("WebMercatorQuad",),
    "z": ("14",),
    "y": ("6095",),
    "x": ("13808",),
    "tilematrix": ("14",),
    "tilerow": ("6095",),
    "tilecol": ("13808",),
    "grid": ("web",),
    "style": ("default",),
    "suffix": ("png",),
    "feature_id": (WORDS["fid"],),
    "number": ("1", "2", "3"),
    "element_id": ("culture",),
    "code": ("invalid",),
    "page_id": ("start",),
    "address": ("x.js",),
}
"""Values of parameters of paths, besides collections; 14/6095/13808 holds the secret area."""
FORMS = ("", "f=html", "f=xlsx")


def addresses(client: TestClient, collection: str, import_id: str) -> list[str]:
    """Return every address that can be read, with a collection where one has to be named."""
    more = {"collection_id": (collection,), "layer": (collection,), "import_id": (import_id,)}
    found = []
    for path in paths(client):
        names = re.findall(r"\{(\w+)(?::\w+)?\}", path)
        filled = [re.sub(r":path\}", "}", path)]
        for name in names:
            values = {**NAMED, **more}.get(name)
            if values is None:
                continue
            if "FeatureServer/{layer}" in path and name == "layer":
                values = ("0",)
            filled = [each.replace(f"{{{name}}}", value) for each in filled for value in values]
        found += filled
    return found


QUERIES = (
    "/wfs?service=WFS&request=GetCapabilities",
    "/wfs?service=WFS&version=2.0.0&request=DescribeFeatureType",
    "/wms?service=WMS&request=GetCapabilities",
    "/wms?service=WMS&version=1.3.0&request=GetFeatureInfo&layers=heping-plan"
    "&query_layers=heping-plan&crs=CRS:84&bbox=123.39,41.77,123.42,41.80&width=100&height=100"
    "&i=50&j=50&info_format=application/json",
    "/wmts?service=WMTS&request=GetCapabilities",
    "/locate?lon=123.405&lat=41.785&f=json",
    "/plan/attribution",
    f"/search?q={WORDS['value']}",
    f"/search?q={WORDS['title']}",
    "/search?q=mi",
    "/map/sheet?f=svg",
    "/changes?limit=1000",
    "/imports?limit=1000",
    "/arcgis/rest/services?f=json",
    f"/arcgis/rest/services/{PLAIN}/FeatureServer?f=json",
)


def opened(body: bytes) -> bytes:
    """Return what is in a file, whether packed or not."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    if body[:2] == b"\x1f\x8b":
        return zlib.decompress(body, 31)
    return body


def told(body: bytes) -> list[str]:
    """Return the secrets that an answer tells, also written in JSON's or HTML's way."""
    text = opened(body)
    plain = re.sub(
        rb"\\u([0-9a-fA-F]{4})",
        lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"),
        text,
    )
    return [word.decode() for word in SECRETS if word in plain]


@pytest.mark.slow
def test_anybody_finds_no_private_word_in_all_there_is(people: People) -> None:
    asked = addresses(people.anybody, PLAIN, people.import_id) + list(QUERIES)
    # What names itself after the secret is compared with what is not there below.
    asked = [address for address in asked if WORDS["fid"] not in address]
    seen = 0
    for address in asked:
        for form in FORMS:
            joined = f"{address}{'&' if '?' in address else '?'}{form}" if form else address
            answer = people.anybody.get(joined)
            if form and answer.status_code == 400:
                continue
            assert answer.status_code < 500, (joined, answer.text)
            body = answer.content.replace(joined.encode(), b"")
            words = [word for word in told(body) if word not in joined]
            assert not words, (joined, words)
            assert not told(repr(dict(answer.headers)).encode()), joined
            seen += answer.status_code == 200
    assert seen > 100


@pytest.mark.slow
def test_a_private_collection_answers_as_one_that_is_not_there(people: People) -> None:
    def answers(client: TestClient, collection: str) -> list[tuple[int, str]]:
        listed = []
        for address in addresses(client, collection, people.import_id):
            if collection in address:
                answer = client.get(address)
                text = re.sub(r'nonce[-"=][^ ;>]*|[0-9a-f]{16}', "", answer.text)
                listed.append((answer.status_code, address, text.replace(collection, "ID")))
        return [
            (status, address.replace(collection, "ID") + text) for status, address, text in listed
        ]

    for client in (people.anybody, people.stranger):
        absent = answers(client, ABSENT)
        assert answers(client, VAULT) == absent
    assert len(absent) > 25


@pytest.mark.parametrize(
    ("method", "below"),
    [
        ("GET", "/revisions?nonsense=1"),
        ("GET", "/revisions/x"),
        ("GET", "/export?f=nonsense"),
        ("GET", "/items?nonsense=1"),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/items"),
        ("PUT", "/mapping"),
        ("POST", "/revisions/1/restore"),
    ],
)
def test_a_wrong_request_does_not_tell_it_from_one_that_is_not_there(
    people: People, method: str, below: str
) -> None:
    for client in (people.anybody, people.stranger):
        answers = [
            client.request(method, f"/collections/{id_}{below}") for id_ in (VAULT, GONE, ABSENT)
        ]
        assert len({answer.status_code for answer in answers}) == 1
        codes = {answer.json()["type"] for answer in answers}
        assert len(codes) == 1, codes


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("/collections", "title"),
        (f"/collections/{VAULT}/items", "value"),
        (f"/collections/{VAULT}/revisions", "note"),
        (f"/collections/{VAULT}/revisions/2/diff?f=csv", "value"),
        (f"/collections/{VAULT}/export?f=geojson", "value"),
        (f"/collections/{VAULT}/tiles/WebMercatorQuad/14/6095/13808", "value"),
        ("/imports", "file"),
        ("/changes", "revision"),
        ("/trash", "title_en"),
        ("/map", "title"),
        ("/api", "title"),
        ("/wfs?service=WFS&request=GetCapabilities", "title"),
        ("/wms?service=WMS&request=GetCapabilities", "title"),
        ("/wmts?service=WMTS&request=GetCapabilities", "title"),
        (f"/search?q={WORDS['value']}", "fid"),
    ],
)
def test_who_has_a_right_finds_what_others_do_not(people: People, address: str, word: str) -> None:
    for client in (people.member, people.admin):
        answer = client.get(
            address, headers={"Accept-Language": "zh" if word != "title_en" else "en"}
        )
        assert WORDS[word].encode() in opened(answer.content), answer.text[:300]
    for client in (people.stranger, people.anybody):
        found = told(client.get(address).content.replace(address.encode(), b""))
        assert [each for each in found if each not in address] == []


def test_what_one_may_see_is_for_his_own_cache_and_has_a_tag_of_its_own(people: People) -> None:
    mine, anybodys = (client.get("/collections") for client in (people.member, people.anybody))
    assert mine.headers["cache-control"] == "private, no-cache"
    assert anybodys.headers["cache-control"] == "no-cache"
    assert mine.headers["etag"] != anybodys.headers["etag"]
    assert people.stranger.get("/collections").headers["etag"] == anybodys.headers["etag"]
    known = {"If-None-Match": mine.headers["etag"]}
    assert people.member.get("/collections", headers=known).status_code == 304
    assert people.anybody.get("/collections", headers=known).status_code == 200
    edited = people.member.put(
        f"/collections/{VAULT}/items/x",
        json={**SECRET, "id": "x"},
        headers={"If-Match": people.member.get(f"/collections/{VAULT}/items/x").headers["etag"]},
    )
    assert edited.status_code == 200, edited.text


def test_restoring_or_making_anew_opens_nothing(people: People) -> None:
    assert people.stranger.post("/collections", json={"id": GONE}).status_code == 409
    assert people.member.post(f"/collections/{VAULT}/revisions/4/restore").status_code < 300
    assert people.anybody.get(f"/collections/{VAULT}").status_code == 404
    assert people.member.patch("/collections/zones", json={"private": True}).status_code == 403
    plan = people.admin.patch("/collections/zones", json={"private": True})
    assert plan.json()["type"].endswith("/plan-not-private")
