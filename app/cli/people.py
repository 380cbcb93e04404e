"""Commands about people: accounts, groups, and who may do what in a collection."""

import sys
from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from app.cli.console import screen
from app.cli.store_options import StoreOption, opened, settings_with
from zones.errors import UnknownCollectionError, ValidationError
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore

RoleName = Literal["reader", "editor", "admin"]
Role = Annotated[RoleName, typer.Option(help="权限 / role")]
UserName = Annotated[str, typer.Argument(help="用户名 / user name")]
Members = Annotated[
    list[str] | None, typer.Option("--member", help="用户名或密钥编号 / user, or a key's id")
]


def add_people(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    user = typer.Typer(no_args_is_help=True, help="管理用户 / manage accounts of people")
    user.command("add")(add_user)
    user.command("list")(list_users)
    user.command("password")(set_password)
    user.command("end")(end_user)
    cli.add_typer(user, name="user")
    group = typer.Typer(no_args_is_help=True, help="管理组 / manage groups")
    group.command("add")(add_group)
    group.command("list")(list_groups)
    cli.add_typer(group, name="group")
    rights = typer.Typer(no_args_is_help=True, help="集合的权限 / rights in a collection")
    rights.command("give")(give_right)
    rights.command("list")(list_rights)
    cli.add_typer(rights, name="rights")


def add_user(name: UserName, role: Role = "reader", store: StoreOption = None) -> None:
    """新建用户，密码从键盘或标准输入读取 / make an account; the password is typed or piped in."""
    password = prompted_password()
    with opened(settings_with(store=store)) as data:
        made = data.accounts.create(name, role, password)
        data.audit.add("make-account", outcome="ok", who="cli", reason=f"{role} {made.id}")
    screen.print(f"{made.id}  {made.role}  {made.name}", soft_wrap=True, markup=False)


def list_users(store: StoreOption = None) -> None:
    """列出用户 / list the accounts."""
    with opened(settings_with(store=store)) as data:
        found = data.accounts.list()
    columns = ("编号 / id", "用户名 / name", "权限 / role", "最近使用 / last used", "停用 / ended")
    table = Table(*columns)
    for each in found:
        used = f"{each.last_used_at:%F %R}" if each.last_used_at else "—"
        end = each.revoked_at or each.expires_at
        cells = (each.id, each.name, each.role, used, f"{end:%F %R}" if end else "—")
        table.add_row(*map(Text, cells))
    screen.print(table)


def set_password(name: UserName, store: StoreOption = None) -> None:
    """给用户设新密码，其登录随之失效 / give an account a new password; its sessions end."""
    password = prompted_password()
    with opened(settings_with(store=store)) as data:
        account = _account(data, name)
        data.accounts.set_password(account.id, password)
        data.audit.add("change-password", outcome="ok", who="cli", reason=account.id)


def end_user(name: UserName, store: StoreOption = None) -> None:
    """停用用户 / end an account."""
    with opened(settings_with(store=store)) as data:
        account = _account(data, name)
        data.accounts.change(
            account.id, role=account.role, expires_at=account.expires_at, active=False
        )
        data.audit.add("change-account", outcome="ok", who="cli", reason=f"end {account.id}")


def add_group(
    name: Annotated[str, typer.Argument(help="组名 / name")],
    member: Members = None,
    store: StoreOption = None,
) -> None:
    """新建组，或设定已有组的成员 / make a group, or give one that is there these members."""
    with opened(settings_with(store=store)) as data:
        members = [_holder(data, each) for each in member or ()]
        known = {each.name: each.id for each in data.rights.groups()}
        if name in known:
            group_id = known[name]
            data.rights.change_group(group_id, name, members)
        else:
            group_id = data.rights.make_group(name, members)
        reason = f"{name} {group_id}: {len(members)}"
        data.audit.add("change-group", outcome="ok", who="cli", reason=reason)
    screen.print(f"{group_id}  {name}", soft_wrap=True, markup=False)


def list_groups(store: StoreOption = None) -> None:
    """列出组 / list the groups."""
    with opened(settings_with(store=store)) as data:
        groups, names = data.rights.groups(), _names(data)
    for group in groups:
        members = ", ".join(names.get(member, member) for member in group.members) or "—"
        screen.print(f"{group.id}  {group.name}: {members}", soft_wrap=True, markup=False)


def give_right(
    collection: Annotated[str, typer.Argument(help="集合 / collection")],
    holder: Annotated[str, typer.Argument(help="用户名、组名或编号 / user, group or id")],
    role: Annotated[
        Literal["reader", "editor", "admin", "none"],
        typer.Argument(help="权限，none 为收回 / role; none takes it away"),
    ],
    store: StoreOption = None,
) -> None:
    """给某人或某组在一个集合里的权限 / give somebody, or a group, a role in a collection."""
    with opened(settings_with(store=store)) as data:
        if all(info.id != collection for info in data.collections()):
            raise UnknownCollectionError(collection=collection)
        holder_id = _holder(data, holder)
        roles: dict[str, str] = dict(data.rights.in_collection(collection))
        roles.pop(holder_id, None)
        data.rights.put(collection, roles if role == "none" else {**roles, holder_id: role})
        reason = f"{role} {holder_id}"
        data.audit.add("give-rights", outcome="ok", who="cli", collection=collection, reason=reason)


def list_rights(
    collection: Annotated[str, typer.Argument(help="集合 / collection")],
    store: StoreOption = None,
) -> None:
    """集合的权限 / who may do what in a collection."""
    with opened(settings_with(store=store)) as data:
        roles, names = data.rights.in_collection(collection), _names(data)
    for holder, role in roles.items():
        screen.print(f"{role}  {holder}  {names.get(holder, '—')}", soft_wrap=True, markup=False)


def prompted_password() -> str:
    """Return the password that is typed twice, or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = typer.prompt("密码 / password", hide_input=True, confirmation_prompt=True)
    return typed


def _account(store: SqlStore, name: str) -> Key:
    account = store.accounts.named(name)
    if account is None:
        raise ValidationError("account-unknown", id=name)
    return account


def _names(store: SqlStore) -> dict[str, str]:
    names = {each.id: each.name for each in (*store.accounts.list(), *store.keys.list())}
    return names | {each.id: each.name for each in store.rights.groups()}


def _holder(store: SqlStore, name_or_id: str) -> str:
    """Return the id of an account or group by its name, or of anything by its id."""
    account = store.accounts.named(name_or_id)
    if account is not None:
        return account.id
    return next((each.id for each in store.rights.groups() if each.name == name_or_id), name_or_id)
