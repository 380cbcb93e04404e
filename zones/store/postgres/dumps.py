"""PostgreSQL's own programs run, and what one of its dumps holds."""

import os
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from zones.errors import StoreError

_NULL: Final = b"\\N"
_END: Final = b"\\.\n"


@dataclass
class DumpedRows:
    """How many rows a dump holds of each table; the latest revision; current features."""

    tables: dict[str, int] = field(default_factory=dict)
    latest: int = 0
    collections: Counter[str] = field(default_factory=Counter)

    def add(self, table: str, columns: list[str], row: bytes) -> None:
        """Count a row of COPY's text form."""
        self.tables[table] += 1
        if table == "revisions":
            self.latest = max(self.latest, int(row.split(b"\t")[columns.index("number")]))
        elif table == "features":
            cells = row.rstrip(b"\n").split(b"\t")
            if cells[columns.index("to_rev")] == _NULL:
                self.collections[cells[columns.index("collection")].decode()] += 1


def dumped_rows(backup: Path) -> DumpedRows:
    """Return how many rows a copy holds, after reading all of it.

    Raises
    ------
    StoreError
        If it is damaged, or cannot be read by this ``pg_restore``.
    """
    command = ["pg_restore", "--data-only", "--file=-", str(backup)]
    found, table, columns = DumpedRows(), "", list[str]()
    with _program(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        for line in process.stdout:
            if table:
                if line == _END:
                    table = ""
                else:
                    found.add(table, columns, line)
            elif line.startswith(b"COPY zones."):
                table, columns = _copied(line.decode())
                found.tables[table] = 0
    if process.returncode:
        raise StoreError("backup-damaged", name=backup.name)
    return found


def _copied(line: str) -> tuple[str, list[str]]:
    """Return table and columns of ``COPY zones.features (fid, "order") FROM stdin;``."""
    named, _, rest = line.removeprefix("COPY zones.").partition(" (")
    columns = rest.partition(")")[0].split(", ")
    return named.strip('"'), [column.strip('"') for column in columns]


def run_program(command: list[str], environment: Mapping[str, str]) -> None:
    """Run a program of PostgreSQL.

    Raises
    ------
    StoreError
        If it is not there, or fails: with the first line of what it says.
    """
    with _program(command, environment=environment, stderr=subprocess.PIPE) as process:
        _, output = process.communicate()
    if process.returncode:
        lines = output.decode("utf-8", "replace").strip().splitlines()
        reason = lines[0] if lines else ""
        raise StoreError("backup-program", program=command[0], reason=reason)


def _program(
    command: list[str],
    *,
    environment: Mapping[str, str] | None = None,
    stdout: int = subprocess.DEVNULL,
    stderr: int = subprocess.DEVNULL,
) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - by name, from the system's path
            command, env={**os.environ, **(environment or {})}, stdout=stdout, stderr=stderr
        )
    except FileNotFoundError as error:
        raise StoreError("backup-no-program", program=command[0]) from error
