"""What must be true before the first request: a seeded store, an admin key, no dead imports."""

import secrets
from dataclasses import dataclass
from typing import Final

from app.auth.gate import LONGEST_KEY
from app.auth.oidc_provider import provider_of
from app.http.client_behind_proxies import TrustedProxies
from app.http.fault_status import SettingsError
from app.imports.upload_folder import WorkFolder, alone, work_folder_of
from app.imports.waiting_uploads import StoredUploads
from app.settings import Settings
from app.webhooks.receivers import webhook_settings
from zones.errors import StoreError
from zones.plan.edition_upgrade import has_newer_edition
from zones.plan.seed import Progress, seed_store
from zones.sandbox.private_folder import remove_leftovers
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore

LEAST_KEY: Final = 32
"""Characters of an admin key that a person sets: what the service makes has 256 bits."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the start did; ``new_admin_key`` is to be shown once, and nothing else knows it.

    ``has_newer_edition`` says that the plan's data are newer than what the store holds.
    """

    seeded: bool
    new_admin_key: str | None
    interrupted: tuple[str, ...]
    has_newer_edition: bool = False


def prepare(settings: Settings, *, progress: Progress | None = None) -> Prepared:
    """Make the store ready and close it again; does no harm when it is ready already.

    Several processes may start at once: one does the work, the others wait for it.

    Raises
    ------
    StoreError, SeedError, SettingsError
    """
    check_settings(settings)
    root = work_folder_of(settings)
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("store-unopenable") from error
    with alone(root, "start"):
        store = open_store(settings.store)
        try:
            seeded = seed_store(store, settings.seed_dir, progress=progress) is not None
            is_outdated = has_newer_edition(store, settings.seed_dir)
            new_admin_key = make_first_key(store, settings)
            folder = WorkFolder(root)
            interrupted = store.imports.fail_unfinished(
                "import-interrupted",
                is_alive=lambda id_: folder.is_alive(id_) or folder.can_resume(id_),
            )
            folder.remove_abandoned(spared=store.imports.running())
            StoredUploads(folder, settings).sweep()
            remove_leftovers()
        finally:
            store.close()
    return Prepared(seeded, new_admin_key, interrupted, is_outdated)


def check_settings(settings: Settings) -> None:
    """Refuse settings that would be found unfit only later, or never.

    Raises
    ------
    SettingsError
    """
    configured_admin_key(settings)
    TrustedProxies(settings.trusted_proxies, settings.proxy_header)
    webhook_settings(settings)
    provider_of(settings)


def configured_admin_key(settings: Settings) -> str:
    """Return the setting ``admin_key``, empty when it is not set.

    Raises
    ------
    SettingsError
        If it could be guessed, being short, or no Authorization header could hold it.
    """
    key = settings.admin_key.get_secret_value().strip() if settings.admin_key else ""
    fits = LEAST_KEY <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()
    if key and (not fits or " " in key):
        raise SettingsError("admin-key-unfit", length=len(key), least=LEAST_KEY, most=LONGEST_KEY)
    return key


def make_first_key(store: SqlStore, settings: Settings) -> str | None:
    """Make the first admin key; return it when nobody can know it yet.

    The setting ``admin_key`` is taken as given, whenever it changes; without it a key is made
    only for a store that has none.
    """
    key = configured_admin_key(settings)
    if key:
        store.keys.create("admin", "admin", secret=key)
        return None
    if store.keys.list():
        return None
    _, secret = store.keys.create("admin", "admin", secret=f"hz_{secrets.token_urlsafe(32)}")
    return secret
