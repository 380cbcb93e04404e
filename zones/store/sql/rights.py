"""Who may do what in a collection: people and keys by themselves, or as members of a group."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, union_all, update

from zones.errors import ValidationError
from zones.store.sql.accounts import LONGEST_NAME
from zones.store.sql.database import Database
from zones.store.sql.people_tables import accounts, grants, group_members, people_groups
from zones.store.sql.records import RANK, ROLES, Group, Role
from zones.store.sql.rows import storable, time_of, time_text
from zones.store.sql.tables import keys


class Rights:
    """Groups, their members, and the roles in single collections of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, member: str) -> dict[str, Role]:
        """Return the highest role by collection of an account or key, its groups' among them."""
        own = select(grants.c.collection, grants.c.role).where(grants.c.holder == member)
        by_group = (
            select(grants.c.collection, grants.c.role)
            .join(group_members, group_members.c.group_id == grants.c.holder)
            .where(group_members.c.member == member)
        )
        found: dict[str, Role] = {}
        with self._database.reading() as connection:
            for collection, role in connection.execute(union_all(own, by_group)):
                found[collection] = max(role, found.get(collection, role), key=RANK.__getitem__)
        return found

    def in_collection(self, collection: str) -> dict[str, Role]:
        """Return the roles in a collection by the id of who holds them."""
        query = select(grants.c.holder, grants.c.role).where(grants.c.collection == collection)
        with self._database.reading() as connection:
            return {row.holder: row.role for row in connection.execute(query)}

    def put(self, collection: str, roles: Mapping[str, str]) -> None:
        """Give a collection exactly these roles, by the id of who holds them.

        Raises
        ------
        ValidationError
            If a role or a holder is unknown.
        """
        rows = [
            {"collection": collection, "holder": holder, "role": _role(role)}
            for holder, role in roles.items()
        ]
        with self._database.writing() as connection:
            _check_known(connection, roles, groups=True)
            connection.execute(delete(grants).where(grants.c.collection == collection))
            if rows:
                connection.execute(insert(grants), rows)

    def give(self, collection: str, holder: str, role: Role) -> None:
        """Give somebody a role in a collection, in place of the one before."""
        same_holder = grants.c.collection == collection, grants.c.holder == holder
        with self._database.writing() as connection:
            connection.execute(delete(grants).where(*same_holder))
            row = {"collection": collection, "holder": holder, "role": role}
            connection.execute(insert(grants), row)

    def groups(self) -> tuple[Group, ...]:
        """Return all groups with their members, by name."""
        members = select(group_members.c.group_id, group_members.c.member)
        with self._database.reading() as connection:
            found: dict[str, list[str]] = {}
            for group_id, member in connection.execute(members.order_by(group_members.c.member)):
                found.setdefault(group_id, []).append(member)
            rows = connection.execute(select(people_groups).order_by(people_groups.c.name))
            return tuple(
                Group(row.id, row.name, time_of(row.created_at), tuple(found.get(row.id, ())))
                for row in rows
            )

    def make_group(self, name: str, members: Iterable[str] = ()) -> str:
        """Return the id of a new group.

        Raises
        ------
        ValidationError
            If the name is empty, too long or taken, or a member unknown.
        """
        group_id = "g" + secrets.token_hex(6)
        with self._database.writing() as connection:
            row = {"id": group_id, "name": _free_name(connection, name, None)}
            row["created_at"] = time_text(datetime.now(UTC))
            connection.execute(insert(people_groups), row)
            _put_members(connection, group_id, members)
        return group_id

    def change_group(self, group_id: str, name: str, members: Iterable[str]) -> bool:
        """Give a group a name and exactly these members; False when there is no such group.

        Raises
        ------
        ValidationError
            As ``make_group``.
        """
        renamed = update(people_groups).where(people_groups.c.id == group_id)
        with self._database.writing() as connection:
            free = _free_name(connection, name, group_id)
            if not connection.execute(renamed.values(name=free)).rowcount:
                return False
            _put_members(connection, group_id, members)
        return True

    def drop_group(self, group_id: str) -> bool:
        """End a group and all that it may do; False when there is no such group."""
        with self._database.writing() as connection:
            connection.execute(delete(grants).where(grants.c.holder == group_id))
            connection.execute(delete(group_members).where(group_members.c.group_id == group_id))
            gone = delete(people_groups).where(people_groups.c.id == group_id)
            return bool(connection.execute(gone).rowcount)


def _role(role: str) -> str:
    if role not in ROLES:
        raise ValidationError("role-unknown", role=str(role)[:LONGEST_NAME], roles=", ".join(ROLES))
    return role


def _free_name(connection: Connection, name: str, own: str | None) -> str:
    title = storable(name).strip()
    if not 1 <= len(title) <= LONGEST_NAME or not title.isprintable():
        raise ValidationError("group-name", longest=LONGEST_NAME)
    taken = select(people_groups.c.id).where(people_groups.c.name == title)
    if connection.execute(taken).scalar_one_or_none() not in (None, own):
        raise ValidationError("group-taken", name=title)
    return title


def _put_members(connection: Connection, group_id: str, members: Iterable[str]) -> None:
    listed = list(dict.fromkeys(members))
    _check_known(connection, listed, groups=False)
    connection.execute(delete(group_members).where(group_members.c.group_id == group_id))
    if listed:
        rows = [{"group_id": group_id, "member": member} for member in listed]
        connection.execute(insert(group_members), rows)


def _check_known(connection: Connection, ids: Iterable[str], *, groups: bool) -> None:
    tables = (accounts, keys, people_groups) if groups else (accounts, keys)
    known = {id_ for table in tables for id_ in connection.execute(select(table.c.id)).scalars()}
    for each in ids:
        if each not in known:
            raise ValidationError("holder-unknown", id=str(each)[:LONGEST_NAME])
