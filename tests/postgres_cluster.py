"""A PostgreSQL cluster with PostGIS of the tests' own, from the packages of the system."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from zones.store.open_store import open_store
from zones.store.postgres.commit_mark import SHARED

TEMPLATE = "empty_store"
SPEED = ("fsync=off", "full_page_writes=off", "synchronous_commit=on", "max_connections=200")
"""What is lost with the machine only; a commit still waits for the log to be written."""

EMPTYING = """
SET session_replication_role = replica;  -- the audit log refuses it otherwise
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'zones' LOOP
        IF name <> 'alembic_version' THEN EXECUTE format('DELETE FROM zones.%I', name); END IF;
    END LOOP;
END $$;
ALTER SEQUENCE zones.audit_id_seq RESTART
"""
"""Quicker than TRUNCATE for the few rows of a test."""


@dataclass
class Cluster:
    """A running server; ``process`` is its postmaster."""

    binaries: Path
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    _numbers: "count[int]" = field(default_factory=count)
    _emptied: str = ""

    def url(self, database: str, *, user: str = "postgres") -> str:
        """Return the address of a database."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [f"unix_socket_directories={self.folder}", "listen_addresses=", *SPEED]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(self.binaries / "postgres", "-D", self.folder / "data"),
                    *(word for option in options for word in ("-c", option)),
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **as_owner(),
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server: ``SIGINT`` orderly, ``SIGQUIT`` at once as if the machine had died."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def remove(self) -> None:
        """End the server and remove all that it leaves, also what its stores share in memory."""
        if self.process is None:
            shutil.rmtree(self.folder)
            return
        with psycopg.connect(self.url("postgres")) as connection:
            row = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
        assert row is not None
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)
        for mark in SHARED.glob(f"heping-zones-*-{row[0]}-*"):
            mark.unlink(missing_ok=True)

    def execute(self, words: str, database: str = "postgres") -> None:
        """Run a statement outside a transaction."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(words)

    def new_store(self, name: str = "") -> str:
        """Return the address of a new database that holds an empty store."""
        name = name or f"store_{next(self._numbers)}"
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        identifiers = (sql.Identifier(name), sql.Identifier(TEMPLATE))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(words.format(*identifiers))
        return self.url(name)

    def emptied_store(self) -> str:
        """Return the address of one and the same store, emptied: quicker than a new database."""
        if not self._emptied:
            self._emptied = self.new_store("emptied")
        self.execute(EMPTYING, "emptied")
        return self._emptied


def started_standby(primary: Cluster) -> Cluster:
    """Return a streaming standby, started; the primary's commits wait for it from now on."""
    folder, owner = _new_folder()
    program = primary.binaries / "pg_basebackup"
    how = ("-R", "-X", "stream", "--checkpoint=fast", "--no-sync")
    source = ("-h", primary.folder, "-U", "postgres", "-D", folder / "data")
    subprocess.run([program, *source, *how], check=True, cwd=folder, **owner)
    standby = Cluster(primary.binaries, folder)
    standby.start()
    primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.execute("SELECT pg_reload_conf()")
    in_step = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
    with psycopg.connect(primary.url("postgres"), autocommit=True) as connection:
        while connection.execute(in_step).fetchone() != (1,):
            time.sleep(0.05)
    return standby


def _new_folder() -> tuple[Path, dict[str, Any]]:
    """Return a folder of a cluster, and how its programs are started."""
    folder = Path(tempfile.mkdtemp(prefix="zones-pg-"))  # short: it names a socket
    owner = as_owner()
    if owner:
        shutil.chown(folder, owner["user"])
    return folder, owner


def started_cluster() -> Cluster:
    """Return a new cluster, started; skip the test where there is no PostGIS to be had."""
    binaries = _binaries()
    folder, owner = _new_folder()
    made = subprocess.run(
        [
            *(binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust"),
            # Text sorts as a language has it, as in most databases.
            *("-E", "UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=zh-Hans"),
            *("--no-sync", "--no-instructions"),
        ],
        capture_output=True,
        check=False,
        cwd=folder,
        **owner,
    )
    assert made.returncode == 0, made.stderr.decode()
    cluster = Cluster(binaries, folder)
    cluster.start()
    cluster.execute(f"CREATE DATABASE {TEMPLATE}")
    open_store(cluster.url(TEMPLATE)).close()
    return cluster


def _binaries() -> Path:
    """Return the folder of the newest server that has PostGIS."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    for initdb in reversed(found):
        version = initdb.parent.parent.name
        if Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists():
            return initdb.parent
    pytest.skip("no PostgreSQL with PostGIS (Debian: postgresql, postgis)")


def _version(initdb: Path) -> int:
    return int(initdb.parent.parent.name)


def as_owner() -> dict[str, Any]:
    """Return how a program is started that refuses to run as root."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return {"user": user, "extra_groups": []}
