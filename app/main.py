"""The web application, put together: settings in, FastAPI out; nothing happens on import."""

import logging
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from importlib.metadata import PackageNotFoundError, version

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from app.app_state import Services
from app.auth.basic_accounts import BasicAccounts
from app.auth.browser_session import SessionRing
from app.auth.key_ring import KeyRing
from app.auth.password_guard import PasswordGuard
from app.auth.refusal_log import RefusalLog
from app.drawn_areas.read_pasted_areas import PastedAreas
from app.edits.store_edit import Edits
from app.edits.store_edit_set import EditSets
from app.http.links import routes_by_name
from app.imports.lost_imports import watch
from app.imports.queue import ImportJobs
from app.imports.upload_folder import WorkFolder, work_folder_of
from app.locate.collections_parameter_cache import MembersCache
from app.locate.stream_batches import Batches
from app.map_images.picture_cache import Images, warn_of_missing_parts
from app.observe.cache_memory_shares import Cache, HasBytes, share
from app.observe.log_lines import write_json_lines
from app.openapi.document import LatestDocument
from app.pages.assets import InstalledAssets
from app.printing.sheet_cache import Sheets
from app.problems.problem_document import add_error_handlers
from app.routers import ROUTERS
from app.server.background_snapshot_refresh import Refresher
from app.server.middleware_stack import Stack, stack_of
from app.server.segment_renewal import SegmentKeeper, shelf_of, tile_maker
from app.server.shutdown import on_termination
from app.server.startup import prepare
from app.service_title import TITLE
from app.settings import Settings
from app.snapshot_in_thread import refreshed_snapshot
from app.tiles.serve_tile import Tiles
from app.visible_collections import PrivateCollections
from app.worker.fork_server import ForkServer
from app.worker.run_in_process import JOB
from zones.memory.gc_long_lived import long_lived_frozen
from zones.memory.release_memory import give_back_memory
from zones.plan_text import load_plan
from zones.sandbox.run_child import sandbox_level
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.encoded_feature_cache import ENCODED
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore

SWITCH_INTERVAL_S = 0.0005
"""How long a thread may keep the interpreter when the event loop wants it. Python's own 5 ms are
several look-ups, and more than most tiles take."""

EXPORTS_AT_ONCE = 2


NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
}


def create_app(settings: Settings | None = None, *, forked: ForkServer | None = None) -> FastAPI:
    """Return the application; the store is opened, and seeded when empty, when it starts.

    Parameters
    ----------
    forked
        Begins processes for ``app.worker.run_in_process.JOB``, and belongs to a process that does
        other things besides; without it the application has one of its own, and the process itself.
    """
    settings = settings or Settings()
    stack = stack_of(settings)
    app = FastAPI(
        title=TITLE,
        version=own_version(),
        lifespan=partial(running, settings=settings, stack=stack, forked=forked),
        middleware=stack.middleware,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    if settings.public_read:
        app.state.direct = stack.direct
    add_error_handlers(app)
    for router in ROUTERS:
        # Not include_router: it would match every request twice, once for the router, once in it.
        app.router.routes.extend(router.routes)
    return app


@asynccontextmanager
async def running(
    app: FastAPI, *, settings: Settings, stack: Stack, forked: ForkServer | None
) -> AsyncIterator[None]:
    """Hold the store, its snapshot and the imports while the application runs."""
    write_json_lines()
    prepared = await anyio.to_thread.run_sync(prepare, settings)
    if prepared.new_admin_key:
        show_once(prepared.new_admin_key)
    store = await anyio.to_thread.run_sync(open_store, settings.store)
    try:
        begun = forked or ForkServer(JOB)
        make = partial(services_from, app, store, settings, stack=stack, forked=begun)
        services = app.state.services = await anyio.to_thread.run_sync(make)
        stack.direct.follower = services.follower
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        # What else lives in a shared process, and how it is collected, is not ours to settle.
        collector = long_lived_frozen() if forked is None else nullcontext()
        with on_termination(services.jobs.stop), collector:
            yield
        await anyio.to_thread.run_sync(services.segments.close)
        await anyio.to_thread.run_sync(services.refresher.close)
        await anyio.to_thread.run_sync(services.jobs.close)
        if forked is None:
            await anyio.to_thread.run_sync(begun.close)
    finally:
        store.close()


def services_from(
    app: FastAPI, store: SqlStore, settings: Settings, *, stack: Stack, forked: ForkServer
) -> Services:
    """Return the application's parts, the first snapshot and its locator made already."""
    folder = WorkFolder(work_folder_of(settings))
    closing = threading.Event()
    shelf = shelf_of(store, settings, forked, closing)
    follower = SnapshotFollower(store, load_plan(settings.seed_dir), shelf)
    metrics, tiles, images = stack.metrics, Tiles(settings), Images(settings)
    printed = Sheets(store, settings)
    members_cache = MembersCache(share(settings, "covers"))
    passwords = PasswordGuard(store)
    edits = Edits(store, follower, settings, forked=forked)
    jobs = ImportJobs(store, settings, folder=folder, forked=forked, metrics=metrics)
    snapshot = refreshed_snapshot(follower)
    load_arrow()
    give_back_memory()
    own_caches = bound_caches(follower, settings, stack)
    refresher = Refresher(follower, members_cache, tiles, snapshot, metrics=metrics)
    refresher.start()
    make_tiles = tile_maker(settings, forked, closing)
    segments = SegmentKeeper(follower, tiles.demand, make_tiles, closing)
    segments.start()
    watch(jobs)
    warn_of_open_readers()
    warn_of_missing_parts()
    return Services(
        settings=settings,
        store=store,
        follower=follower,
        private=PrivateCollections(store),
        refresher=refresher,
        segments=segments,
        key_ring=KeyRing(store),
        session_ring=SessionRing(store),
        passwords=passwords,
        basic_accounts=BasicAccounts(store, passwords),
        refusals=RefusalLog(store),
        edits=edits,
        edit_sets=EditSets(store, follower, settings, forked=forked),
        pasted_areas=PastedAreas(store, forked),
        jobs=jobs,
        batches=Batches(settings, folder.root),
        members_cache=members_cache,
        tiles=tiles,
        images=images,
        export_limiter=CapacityLimiter(EXPORTS_AT_ONCE),
        sheets=printed,
        assets=InstalledAssets(settings.assets_dir),
        openapi=LatestDocument(),
        named_routes=routes_by_name(app.routes),
        metrics=metrics,
        caches=own_caches
        | {
            "covers": members_cache,
            "tiles": tiles.cache,
            "images": images.cache,
            "sheets": printed.cache,
        },
    )


def load_arrow() -> None:
    """Load Apache Arrow: within a request it would keep all others waiting for a quarter second."""
    import pyarrow.parquet  # noqa: F401 - for what loading it does


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


def show_once(admin_key: str) -> None:
    """Print the first admin key to the terminal; it goes into no log."""
    print(
        f"首个管理密钥(只显示这一次)/ first admin key, shown only once:\n  {admin_key}",
        file=sys.stderr,
        flush=True,
    )


def own_version() -> str:
    """Return the version of the installed package."""
    try:
        return version("heping-zones")
    except PackageNotFoundError:
        return "0"
