"""Keys, imports and the audit log: what is kept of them, and what never is."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from zones.errors import SourceError, StoreError, ValidationError
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.store.sql.audit import AuditFilter, escaped
from zones.store.sql.records import ImportEnd, ImportRecord
from zones.store.sql.store import SqlStore

MINE = CollectionInfo("mine", "我的", "Mine")
CHOSEN = "a secret of one's own"


def record(number: int = 1) -> ImportRecord:
    return ImportRecord(id=f"i{number}", collection="plots", who="王工", file_name="地块.zip")


def test_a_new_key_opens_with_its_secret(store: SqlStore) -> None:
    key, secret = store.keys.create("desk", "editor")
    assert store.keys.find(secret) == key
    assert (key.name, key.role, key.revoked_at) == ("desk", "editor", None)


def test_a_secret_is_recognisable_and_256_bits_long(store: SqlStore) -> None:
    secrets = {store.keys.create("desk", "editor")[1] for _ in range(5)}
    assert len(secrets) == 5
    assert all(re.fullmatch(r"hz_[A-Za-z0-9_-]{43}", secret) for secret in secrets)


@pytest.mark.parametrize("wrong", ["", "hz_", "hz_" + "A" * 43, "\udcff"])
def test_a_wrong_secret_finds_no_key(store: SqlStore, wrong: str) -> None:
    store.keys.create("desk", "editor")
    assert store.keys.find(wrong) is None


def test_a_revoked_key_opens_nothing_in_any_process(opened: Callable[[], SqlStore]) -> None:
    store, other = opened(), opened()
    key, secret = store.keys.create("desk", "editor")
    assert other.keys.find(secret) is not None
    revoked = store.keys.revoke(key.id)
    assert revoked is not None
    assert revoked.revoked_at is not None
    assert other.keys.find(secret) is None
    assert store.keys.revoke(key.id) == revoked


def test_revoking_an_unknown_key_gives_none(store: SqlStore) -> None:
    assert store.keys.revoke("nobody") is None


def test_an_expired_key_opens_nothing(store: SqlStore) -> None:
    now = datetime.now(UTC)
    _, old = store.keys.create("old", "editor", expires_at=now - timedelta(seconds=1))
    _, new = store.keys.create("new", "editor", expires_at=now + timedelta(hours=1))
    assert store.keys.find(old) is None
    assert store.keys.find(new) is not None


def test_a_secret_given_twice_is_one_key(store: SqlStore) -> None:
    first, _ = store.keys.create("first", "admin", secret=CHOSEN)
    again, secret = store.keys.create("again", "reader", secret=CHOSEN)
    assert (again, secret) == (first, CHOSEN)
    assert store.keys.list() == (first,)


def test_a_revoked_secret_given_again_stays_revoked(store: SqlStore) -> None:
    key, _ = store.keys.create("first", "admin", secret=CHOSEN)
    store.keys.revoke(key.id)
    store.keys.create("first", "admin", secret=CHOSEN)
    assert store.keys.find(CHOSEN) is None


@pytest.mark.parametrize(
    ("name", "role", "secret"), [("desk", "owner", None), (" ", "editor", None), ("d", "admin", "")]
)
def test_a_key_without_name_role_or_secret_is_refused(
    store: SqlStore, name: str, role: str, secret: str | None
) -> None:
    with pytest.raises(ValidationError):
        store.keys.create(name, role, secret=secret)


def test_the_use_of_a_key_is_noted_at_most_once_a_minute(store: SqlStore) -> None:
    key, secret = store.keys.create("desk", "editor")
    store.keys.note_use(key)
    used = store.keys.find(secret)
    assert used is not None
    assert used.last_used_at is not None
    store.keys.note_use(used)
    assert store.keys.find(secret) == used


def test_an_import_is_kept_and_followed(store: SqlStore) -> None:
    made = store.imports.create(record())
    assert (made.state, made.progress, made.report) == ("queued", 0.0, {})
    store.imports.update("i1", state="reading", progress=0.5)
    at = datetime.now(UTC)
    done = store.imports.update(
        "i1", state="applied", progress=1.0, finished_at=at, revision=4, report={"面": [1]}
    )
    assert store.imports.get("i1") == done
    assert (done.state, done.revision, done.finished_at) == ("applied", 4, at)
    assert (done.report, done.error, done.created_at) == ({"面": [1]}, None, made.created_at)


def test_an_import_ends_once(store: SqlStore) -> None:
    store.imports.create(record())
    assert store.imports.end("i1", state="applied", revision=4)
    assert not store.imports.end("i1", state="failed")
    kept = store.imports.get("i1")
    assert kept is not None
    assert (kept.state, kept.revision) == ("applied", 4)


def test_a_revision_is_stored_with_the_end_of_its_import_or_not_at_all(store: SqlStore) -> None:
    store.imports.create(record())
    ending = ImportEnd("i1", lambda number: {"state": "applied", "revision": number})
    note = RevisionNote("somebody", "")
    made = store.apply([Change("mine", collection=MINE)], note, ending=ending)
    kept = store.imports.get("i1")
    assert kept is not None
    assert (kept.state, kept.revision) == ("applied", made.number)
    with pytest.raises(SourceError) as caught:
        store.apply([Change("mine", [Feature("a", None, {})])], note, ending=ending)
    assert caught.value.code == "import-interrupted"
    assert store.revision() == made.number
    assert store.features("mine") == []


def test_an_unknown_import_is_none_and_cannot_be_changed(store: SqlStore) -> None:
    assert store.imports.get("nobody") is None
    with pytest.raises(LookupError):
        store.imports.update("nobody", progress=1.0)


def test_imports_are_listed_newest_first(store: SqlStore) -> None:
    for number in range(5):
        store.imports.create(record(number))
    assert [made.id for made in store.imports.list(3)] == ["i4", "i3", "i2"]


def test_imports_that_nobody_leads_fail_and_others_go_on(store: SqlStore) -> None:
    for state in ("queued", "applying", "needs_decision", "applied", "led"):
        kind: Any = "reading" if state == "led" else state
        made = ImportRecord(id=state, collection="plots", who="w", file_name="f", state=kind)
        store.imports.create(made)
    led = store.imports.get("led")
    ended = store.imports.fail_unfinished("interrupted", is_alive=lambda id_: id_ == "led")
    assert ended == ("queued", "applying")
    failed = store.imports.get("applying")
    assert failed is not None
    assert (failed.state, failed.error) == ("failed", {"code": "interrupted"})
    assert failed.finished_at is not None
    assert store.imports.get("led") == led
    assert store.imports.fail_unfinished("interrupted", is_alive=lambda id_: True) == ()


def test_audit_lines_are_listed_newest_first_in_pages(store: SqlStore) -> None:
    for number in range(5):
        store.audit.add("import", outcome="ok", revision=number)
    newest = store.audit.list(2)
    assert [line.revision for line in newest] == [4, 3]
    assert [line.revision for line in store.audit.list(9, AuditFilter(before=newest[-1].id))] == [
        2,
        1,
        0,
    ]


def test_an_audit_line_keeps_what_it_was_told(store: SqlStore) -> None:
    added = store.audit.add(
        "import",
        outcome="refused",
        who="王工",
        key_id="k1",
        request_id="r1",
        collection="plots",
        file_name="地块.zip",
        file_sha256="ab" * 32,
        file_bytes=12,
        features_before=3,
        features_after=3,
        reason="source-limit",
    )
    assert store.audit.list() == (added,)
    assert (added.outcome, added.file_name, added.features_after) == ("refused", "地块.zip", 3)
    assert store.audit.list(filters=AuditFilter(collection="zones")) == ()


@pytest.mark.parametrize("words", ["UPDATE audit SET who = 'other'", "DELETE FROM audit"])
def test_the_database_refuses_to_rewrite_the_audit_log(store: SqlStore, words: str) -> None:
    store.audit.add("import", outcome="ok", who="王工")
    with (
        pytest.raises(DBAPIError, match="append-only"),
        store._database.writing() as connection,
    ):
        connection.exec_driver_sql(words)
    assert store.audit.list()[0].who == "王工"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\r\nb", "a\\u000d\\u000ab"),
        ("a\\nb", "a\\\\nb"),
        ("\x1b[31m", "\\u001b[31m"),
        ("\u2028", "\\u2028"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("\udcff", "\\udcff"),
        ("地块 <b>&.zip", "地块 <b>&.zip"),
        ("x" * 5_000, "x" * 1_000),
    ],
)
def test_an_audit_line_stays_one_line(store: SqlStore, given: str, kept: str) -> None:
    assert escaped(given) == kept
    assert store.audit.add("import", outcome="ok", file_name=given).file_name == kept


def test_records_of_a_closed_store_cannot_be_written(store: SqlStore) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.audit.add("import", outcome="ok")
