"""The parts of a worker, made once before its first request."""

import logging
import threading

from anyio import CapacityLimiter
from fastapi import FastAPI

from app.app_state import Services
from app.auth.basic_accounts import BasicAccounts
from app.auth.browser_session import SessionRing
from app.auth.key_ring import KeyRing
from app.auth.oidc_provider import provider_of
from app.auth.password_guard import PasswordGuard
from app.auth.refusal_log import RefusalLog
from app.drawn_areas.read_pasted_areas import PastedAreas
from app.edits.store_edit import Edits
from app.edits.store_edit_set import EditSets
from app.http.links import routes_by_name
from app.imports.queue import ImportJobs
from app.imports.segment_of_import import segment_folder_of
from app.imports.upload_folder import WorkFolder, work_folder_of
from app.imports.watch_lost_imports import watch
from app.locate.collections_parameter_cache import MembersCache
from app.locate.stream_batches import Batches
from app.map_images.picture_cache import Images
from app.observe.cache_memory_shares import Cache, HasBytes, share
from app.openapi.document import LatestDocument
from app.pages.assets import InstalledAssets
from app.printing.sheet_cache import Sheets
from app.server.background_snapshot_refresh import Refresher
from app.server.load_ahead import load_rest_soon
from app.server.middleware_stack import Stack
from app.server.segment_renewal import SegmentKeeper, SegmentMaker
from app.settings import Settings
from app.snapshot_in_thread import refreshed_snapshot
from app.tiles.serve_tile import Tiles
from app.visible_collections import PrivateCollections
from app.webhooks.deliveries import Webhooks
from app.webhooks.receivers import webhook_settings
from app.worker.fork_server import ForkServer
from zones.memory.release_memory import give_back_memory
from zones.plan_text import load_plan
from zones.sandbox.run_child import sandbox_level
from zones.snapshot.collection_loader import CollectionLoader
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.encoded_feature_cache import ENCODED
from zones.store.sql.store import SqlStore

EXPORTS_AT_ONCE = 2


def make_services(
    app: FastAPI, store: SqlStore, settings: Settings, *, stack: Stack, forked: ForkServer
) -> Services:
    """Return the application's parts, the first snapshot and its locator made already."""
    folder = WorkFolder(work_folder_of(settings))
    tiles, sheets = Tiles(settings), Sheets(store, settings)
    images = Images(settings, tiles.demand)
    members_cache = MembersCache(share(settings, "covers"))
    passwords = PasswordGuard(store)
    follower, segments = following(store, settings, forked, tiles, members_cache)
    snapshot = refreshed_snapshot(follower)
    give_back_memory()
    return Services(
        settings=settings,
        store=store,
        follower=follower,
        private=PrivateCollections(store),
        refresher=Refresher(follower, members_cache, tiles, snapshot, metrics=stack.metrics),
        segments=segments,
        key_ring=KeyRing(store),
        session_ring=SessionRing(store),
        passwords=passwords,
        basic_accounts=BasicAccounts(store, passwords),
        oidc=provider_of(settings),
        refusals=RefusalLog(store),
        edits=Edits(store, follower, settings, forked=forked),
        edit_sets=EditSets(store, follower, settings, forked=forked),
        pasted_areas=PastedAreas(store, forked),
        jobs=ImportJobs(store, settings, folder=folder, forked=forked, metrics=stack.metrics),
        batches=Batches(settings, folder.root),
        webhooks=Webhooks(
            store, webhook_settings(settings), folder.webhooks, public_url=settings.public_url
        ),
        members_cache=members_cache,
        tiles=tiles,
        images=images,
        export_limiter=CapacityLimiter(EXPORTS_AT_ONCE),
        sheets=sheets,
        assets=InstalledAssets(settings.assets_dir),
        openapi=LatestDocument(),
        named_routes=routes_by_name(app.routes),
        metrics=stack.metrics,
        caches={
            **bound_caches(follower, settings, stack),
            "covers": members_cache,
            "tiles": tiles.cache,
            "images": images.cache,
            "sheets": sheets.cache,
        },
    )


def start_services(services: Services) -> None:
    """Start the threads of a worker, and log what its machine lacks."""
    services.refresher.start()
    services.segments.start()
    watch(services.jobs)
    services.webhooks.start()
    warn_of_open_readers()
    load_rest_soon()


def following(
    store: SqlStore, settings: Settings, forked: ForkServer, tiles: Tiles, covers: MembersCache
) -> tuple[SnapshotFollower, SegmentKeeper]:
    """Return what keeps the worker's snapshot current, and what renews its large collections."""
    closing = threading.Event()
    loader = maker = None
    if folder := segment_folder_of(settings):
        maker = SegmentMaker(settings, folder, forked, closing)
        loader = CollectionLoader(store, folder, maker.make_segment)
    follower = SnapshotFollower(store, load_plan(settings.seed_dir), loader)
    return follower, SegmentKeeper(follower, tiles.demand, covers, maker, closing)


def bound_caches(
    follower: SnapshotFollower, settings: Settings, stack: Stack
) -> dict[Cache, HasBytes]:
    """Give what remembers beyond one application's parts its share of the memory for that."""
    follower.former.cache.bound(share(settings, "revisions"))
    ENCODED.bound(share(settings, "features"))
    return {
        "revisions": follower.former.cache,
        "features": ENCODED,
        "gzip": stack.compressor,
        "answers": stack.direct,
    }


def warn_of_open_readers() -> None:
    """Log a warning when files of others are read with less protection than there can be."""
    level = sandbox_level()
    if "landlock" not in level or "seccomp" not in level:
        logging.getLogger("zones.start").warning(
            {"message": "files are read without full protection", "sandbox": level}
        )
