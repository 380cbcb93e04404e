"""Accounts, groups, rights, and collections that are private."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zones.errors import ValidationError
from zones.model import Change, CollectionInfo, RevisionNote
from zones.store.open_store import open_store
from zones.store.restore_collection import restore
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore

GOOD = "correct horse battery staple"
NOTE = RevisionNote("test", "describe")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("people")


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[SqlStore]:
    opened = open_store(f"sqlite:///{folder}/zones.sqlite")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def wang(store: SqlStore) -> Key:
    return store.accounts.create("Wang.Gong", "editor", GOOD)


def test_a_person_signs_in_with_name_and_password_only(store: SqlStore, wang: Key) -> None:
    assert store.accounts.signed_in("WANG.gong", GOOD) == wang
    assert store.accounts.signed_in("ｗａｎｇ.gong", GOOD) == wang
    assert store.accounts.signed_in("wang.gong", GOOD + "x") is None
    assert store.accounts.signed_in("nobody", GOOD) is None


def test_no_password_is_in_the_files(store: SqlStore, wang: Key, folder: Path) -> None:
    kept = b"".join(file.read_bytes() for file in folder.iterdir())
    assert GOOD.encode() not in kept
    assert b"$argon2id$" in kept


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password-length"),
        ("x" * 201, "password-length"),
        ("aaaaaaaaaaaa", "password-easy"),
        ("li.si.2026 !!", "password-easy"),
    ],
)
def test_an_easy_password_is_refused(store: SqlStore, password: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        store.accounts.create("li.si", "reader", password)
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["", "  ", "a b", "a\nb", "x" * 61, "a\u202eb"])
def test_a_name_that_cannot_be_seen_is_refused(store: SqlStore, name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        store.accounts.create(name, "reader", GOOD)


def test_a_name_is_taken_in_any_case(store: SqlStore, wang: Key) -> None:
    with pytest.raises(ValidationError, match="already"):
        store.accounts.create("WANG.GONG", "reader", GOOD)


@pytest.mark.slow
def test_a_new_password_and_an_end_end_sessions(store: SqlStore) -> None:
    person = store.accounts.create("zhao", "reader", GOOD)
    token = store.sessions.begin(person)
    assert store.sessions.find(token) == person
    store.accounts.set_password(person.id, GOOD + "!")
    assert store.sessions.find(token) is None
    token = store.sessions.begin(person)
    store.accounts.change(person.id, role="reader", expires_at=None, active=False)
    assert store.sessions.find(token) is None
    assert store.accounts.signed_in("zhao", GOOD + "!") is None
    back = store.accounts.change(person.id, role="editor", expires_at=None, active=True)
    assert store.accounts.signed_in("zhao", GOOD + "!") == back
    past = datetime.now(UTC) - timedelta(seconds=1)
    store.accounts.change(person.id, role="editor", expires_at=past, active=True)
    assert store.accounts.signed_in("zhao", GOOD + "!") is None


def test_use_is_noted_once_a_minute(store: SqlStore, wang: Key) -> None:
    store.accounts.note_use(wang)
    first = store.accounts.valid(wang.id)
    assert first is not None
    assert first.last_used_at is not None
    store.accounts.note_use(first)
    assert store.accounts.valid(wang.id) == first


def test_the_highest_of_own_and_group_rights_holds(store: SqlStore, wang: Key) -> None:
    key, _ = store.keys.create("desk", "reader")
    group = store.rights.make_group("测绘科", [wang.id, key.id])
    store.rights.put("plots", {wang.id: "reader", group: "editor"})
    store.rights.put("roads", {group: "reader", key.id: "admin"})
    assert store.rights.of(wang.id) == {"plots": "editor", "roads": "reader"}
    assert store.rights.of(key.id) == {"plots": "editor", "roads": "admin"}
    assert store.rights.in_collection("roads") == {group: "reader", key.id: "admin"}
    assert store.rights.change_group(group, "测绘一科", [key.id])
    assert store.rights.of(wang.id) == {"plots": "reader"}
    assert [(each.name, each.members) for each in store.rights.groups()] == [
        ("测绘一科", (key.id,))
    ]
    assert store.rights.drop_group(group)
    assert store.rights.of(key.id) == {"roads": "admin"}
    assert not store.rights.drop_group(group)


def test_unknown_holders_roles_and_names_are_refused(store: SqlStore, wang: Key) -> None:
    with pytest.raises(ValidationError, match="nobody"):
        store.rights.put("plots", {"nobody": "reader"})
    with pytest.raises(ValidationError, match="owner"):
        store.rights.put("plots", {wang.id: "owner"})
    store.rights.make_group("规划科")
    for name in ("规划科", "", "a\nb"):
        with pytest.raises(ValidationError, match="group"):
            store.rights.make_group(name)


def test_a_role_in_a_private_collection_comes_from_a_grant_alone() -> None:
    now = datetime.now(UTC)
    editor = Key("k", "k", "editor", now, grants={"secret": "reader", "mine": "admin"})
    assert editor.role_in("open", private=False) == "editor"
    assert editor.role_in("other", private=True) is None
    assert editor.role_in("secret", private=True) == "reader"
    assert editor.role_in("secret", private=False) == "editor"
    assert editor.role_in("mine", private=False) == "admin"
    assert Key("a", "a", "admin", now).role_in("other", private=True) == "admin"


def test_what_is_private_stays_so_until_somebody_says_otherwise(store: SqlStore) -> None:
    def describe(title: str, *, private: bool | None) -> None:
        info = CollectionInfo("vault", title, title, private=private)
        store.apply([Change("vault", collection=info)], NOTE)

    describe("open", private=None)
    was_open = store.revision()
    assert store.private_collections() == frozenset()
    describe("closed", private=True)
    describe("renamed", private=None)
    assert store.private_collections() == {"vault"}
    restore(store, "vault", was_open, note=NOTE)
    assert store.private_collections() == {"vault"}
    store.apply([Change("vault", drop=True)], NOTE)
    assert store.private_collections() == {"vault"}
    describe("made again", private=None)
    assert store.private_collections() == {"vault"}
    describe("made again", private=False)
    assert store.private_collections() == frozenset()
