"""Database users who may read the views of collections, and nothing else."""

import secrets
from typing import Final

import psycopg
from psycopg import errors, sql

from zones.errors import StoreError
from zones.model import CollectionInfo

_READERS: Final = (
    "SELECT rolname FROM pg_catalog.pg_namespace n, aclexplode(n.nspacl) a"
    " JOIN pg_catalog.pg_roles r ON r.oid = a.grantee"
    " WHERE nspname = %s AND privilege_type = 'USAGE' AND a.grantee <> n.nspowner"
)


def let_read(driver: psycopg.Connection, schema: str, info: CollectionInfo) -> None:
    """Let those who may use the schema read a collection's view, and nobody if it is private."""
    words = "REVOKE SELECT ON {} FROM {}" if info.private else "GRANT SELECT ON {} TO {}"
    for (role,) in driver.execute(_READERS, (schema,)).fetchall():
        view, reader = sql.Identifier(schema, info.id), sql.Identifier(role)
        driver.execute(sql.SQL(words).format(view, reader))


def make_reader(driver: psycopg.Connection, schema: str, role: str) -> str | None:
    """Let a user read the schema; return the password of one that was made, which none can show.

    Raises
    ------
    StoreError
        If there is no such user yet and this one may not make any.
    """
    name, password = sql.Identifier(role), None
    is_there = "SELECT FROM pg_catalog.pg_roles WHERE rolname = %s"
    if driver.execute(is_there, (role,)).fetchone() is None:
        password = secrets.token_urlsafe(24)
        # Encrypted here: the server's log never sees it.
        encrypted = driver.pgconn.encrypt_password(password.encode(), role.encode())
        made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        try:
            driver.execute(made.format(name, sql.Literal(encrypted.decode())))
        except errors.InsufficientPrivilege as error:
            raise StoreError("store-no-reader", role=role) from error
        driver.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(name))
        driver.execute(sql.SQL("ALTER ROLE {} SET statement_timeout = '60s'").format(name))
    driver.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), name))
    return password
