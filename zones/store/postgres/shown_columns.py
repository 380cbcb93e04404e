"""What a collection's view shows: which property each column is of, read from the view itself.

The types of the columns hold every value that is stored, so that a change has to be compared with
them alone, and not with each feature of the collection.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

import orjson
import psycopg
from psycopg import sql

from zones.store.postgres.schema import VIEWS
from zones.store.postgres.view_columns import OWN_NAMES, PropertyColumn, columns_of
from zones.store.sql.database import Kind

_WAITING: Final = "columns to come: "
"""Before the JSON of types by property, in the comment of the column ``ordinal``."""

_COLUMNS: Final = (
    "SELECT attname, format_type(atttypid, -1), col_description(attrelid, attnum),"
    " pg_get_viewdef(attrelid)"
    " FROM pg_catalog.pg_attribute"
    " WHERE attrelid = to_regclass(format('%%I.%%I', %s::text, %s::text)) AND attnum > 0"
    " ORDER BY attnum"
)
_RENAMED: Final = re.compile(
    r"""->>\ '(?P<key>(?:[^']|'')*)'::text\)+  # the property
        (?:::[a-z ]+)?                         # its type
        \ AS\ (?:"(?P<quoted>(?:[^"]|"")+)"|(?P<name>\w+))""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A view: its columns of properties, None where it cannot be told of which.

    ``waiting`` are types that columns were to be of when somebody kept the view from being
    replaced; None when nothing waits.
    """

    columns: list[PropertyColumn] | None
    waiting: Mapping[str, Kind | None] | None


def shown_view(driver: psycopg.Connection, id_: str) -> Shown | None:
    """Return what a collection's view shows, None when there is no view."""
    rows = driver.execute(_COLUMNS, (VIEWS, id_)).fetchall()
    if not rows:
        return None
    keys: dict[str, str] = {
        _name_of(found): _plain(found["key"], "'") for found in _RENAMED.finditer(rows[0][3])
    }
    columns = [
        PropertyColumn(str(keys.get(name, name)), name, cast(Kind, kind))
        for name, kind, *_ in rows
        if name not in OWN_NAMES
    ]
    again = columns_of({column.key: column.kind for column in columns})
    comment = next(comment for name, _, comment, _ in rows if name == "ordinal")
    return Shown(columns if again == columns else None, _waiting_of(comment))


def let_wait(driver: psycopg.Connection, id_: str, kinds: Mapping[str, Kind | None]) -> None:
    """Note types for the next change; whoever reads the view is neither held up nor waited for."""
    _note(driver, id_, _WAITING + orjson.dumps(kinds).decode())


def nothing_waits(driver: psycopg.Connection, id_: str) -> None:
    """Take the note away."""
    _note(driver, id_, None)


def _note(driver: psycopg.Connection, id_: str, text: str | None) -> None:
    column = sql.Identifier(VIEWS, id_, "ordinal")
    driver.execute(sql.SQL("COMMENT ON COLUMN {} IS {}").format(column, sql.Literal(text)))


def _waiting_of(comment: str | None) -> Mapping[str, Kind | None] | None:
    if comment is None or not comment.startswith(_WAITING):
        return None
    return cast(Mapping[str, Kind | None], orjson.loads(comment.removeprefix(_WAITING)))


def _name_of(found: re.Match[str]) -> str:
    name: str | None = found["name"]
    return _plain(found["quoted"], '"') if name is None else name


def _plain(text: str, mark: str) -> str:
    return text.replace(mark * 2, mark)
