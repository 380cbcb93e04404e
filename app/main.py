"""The web application, put together: settings in, FastAPI out; nothing happens on import."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import anyio.to_thread
from fastapi import FastAPI

from app.observe.log_lines import write_json_lines
from app.observe.tracing import start_tracing, telemetry_of
from app.problems.problem_document import add_error_handlers
from app.routers import ROUTERS
from app.server.make_services import make_services, start_services
from app.server.middleware_stack import Stack, stack_of
from app.server.shutdown import on_termination
from app.server.startup import prepare
from app.service_title import TITLE
from app.settings import Settings
from app.store_with_quotas import store_of
from app.worker.fork_server import ForkServer, shared_socket
from app.worker.run_in_process import JOB
from zones.memory.gc_long_lived import long_lived_frozen

if TYPE_CHECKING:
    from app.observe.span_export import Tracing

SWITCH_INTERVAL_S = 0.0005
"""How long a thread may keep the interpreter when the event loop wants it. Python's own 5 ms are
several look-ups, and more than most tiles take."""


def create_app(settings: Settings | None = None, *, forked: ForkServer | None = None) -> FastAPI:
    """Return the application; the store is opened, and seeded when empty, when it starts.

    Parameters
    ----------
    forked
        Begins processes for ``app.worker.run_in_process.JOB``, and belongs to a process that does
        other things besides; without it the application has one of its own, and the process itself.
    """
    settings = settings or Settings()
    tracing = start_tracing()
    stack = stack_of(settings, traced=tracing is not None)
    app = FastAPI(
        title=TITLE,
        version=own_version(),
        lifespan=partial(running, settings=settings, stack=stack, forked=forked, tracing=tracing),
        middleware=stack.middleware,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=telemetry_of(tracing),
    )
    if settings.public_read and tracing is None:  # what is answered directly has no span
        app.state.direct = stack.direct
    add_error_handlers(app)
    for router in ROUTERS:
        # Not include_router: it would match every request twice, once for the router, once in it.
        app.router.routes.extend(router.routes)
    return app


@asynccontextmanager
async def running(
    app: FastAPI,
    *,
    settings: Settings,
    stack: Stack,
    forked: ForkServer | None,
    tracing: "Tracing | None" = None,
) -> AsyncIterator[None]:
    """Hold the store, its snapshot and the imports while the application runs."""
    write_json_lines()
    prepared = await anyio.to_thread.run_sync(prepare, settings)
    if prepared.new_admin_key:
        show_once(prepared.new_admin_key)
    store = await anyio.to_thread.run_sync(store_of, settings)
    try:
        begun = forked or ForkServer(JOB, shared_socket())
        make = partial(make_services, app, store, settings, stack=stack, forked=begun)
        services = app.state.services = await anyio.to_thread.run_sync(make)
        await anyio.to_thread.run_sync(start_services, services)
        stack.direct.follower = services.follower
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        # What else lives in a shared process, and how it is collected, is not ours to settle.
        collector = long_lived_frozen() if forked is None else nullcontext()
        with on_termination(services.jobs.stop), collector:
            yield
        await anyio.to_thread.run_sync(services.segments.close)
        await anyio.to_thread.run_sync(services.refresher.close)
        await anyio.to_thread.run_sync(services.jobs.close)
        await anyio.to_thread.run_sync(services.webhooks.close)
        if forked is None:
            await anyio.to_thread.run_sync(begun.close)
        if tracing is not None:
            await anyio.to_thread.run_sync(tracing.flush)
    finally:
        store.close()


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
