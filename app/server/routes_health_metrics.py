"""Whether the service lives, whether it is ready, and what it has done so far."""

import os
import shutil
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import LangDep, SettingsDep, StoreDep
from app.http.responses import JSON_TYPE, state_response
from app.http.route_classes import LeanRoute, StrictRoute
from app.imports.segment_of_import import segment_folder_of
from app.imports.upload_folder import work_folder_of
from app.observe.cache_memory_shares import samples
from app.observe.prometheus_metrics import Gauge, resident_bytes
from app.openapi.described_answers import answers
from app.server.body_size_limit import MEGABYTE
from app.settings import Settings
from zones.errors import StoreError
from zones.lookup.locator import build_locator
from zones.messages import say
from zones.sandbox.run_child import sandbox_level
from zones.snapshot.current_snapshot import GONE, SnapshotFollower
from zones.store.sql.health import Readiness
from zones.store.sql.store import SqlStore

lean = APIRouter(route_class=LeanRoute, tags=["operation"])
router = APIRouter(route_class=StrictRoute, tags=["operation"])

BORNE: Final = frozenset({GONE, "store-readonly", "disk-low"})
"""Faults with which reads are answered, from memory or the store."""

PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@lean.get("/health/live", name="live", summary="进程在运行 / The process lives")
async def live(request: Request) -> Response:
    """Return at once, touching nothing."""
    headers = {"Cache-Control": "no-store"}
    return Response(b'{"status":"live"}', headers=headers, media_type=JSON_TYPE)


@router.get(
    "/health/ready",
    name="ready",
    summary="可以服务 / Ready to answer",
    responses={503: {"description": "尚不能服务 / not ready"}},
)
def ready(
    request: Request,
    store: StoreDep,
    settings: SettingsDep,
    lang: LangDep,
    strict: Annotated[
        bool, Query(description="有任何故障即 503 / 503 with any fault, also while reads go on")
    ] = False,
) -> Response:
    """Return 200 while reads are answered, else 503; of any fault why.

    Who takes all replicas out of rotation because their database restarts, takes away what they
    answer from memory. `strict=true` is for whoever wants to know whether everything works.
    """
    follower = services_of(request).follower
    readiness = store.ready()
    faults = list(faults_of(readiness, settings))
    reads = answers_reads(faults, follower)
    document: dict[str, Any] = {
        "status": ("degraded" if faults else "ready") if reads else "unready",
        "reads": reads,
        "writes": readiness.code is None,
        "faults": [{"code": code, "message": say(code, lang).message} for code in faults],
    }
    if settings.public_read or getattr(request.state, "key", None):
        document["details"] = details_of(readiness, follower, settings)
    return state_response(document, status=200 if reads and not (strict and faults) else 503)


def faults_of(readiness: Readiness, settings: Settings) -> Iterator[str]:
    """Yield the codes of what keeps the service from doing all that it does."""
    if readiness.code is not None:
        yield readiness.code
    elif readiness.revision == 0:
        yield "store-empty"
    if free_mb(settings) < settings.min_free_mb:
        yield "disk-low"


def answers_reads(faults: Iterable[str], follower: SnapshotFollower) -> bool:
    """Return whether look-ups are answered in spite of the faults, after seeing to it."""
    if not BORNE.issuperset(faults):
        return False
    try:
        follower.current().derived(build_locator)
    except StoreError:  # the store is gone, and was before anything was read from it
        return False
    return True


def details_of(
    readiness: Readiness, follower: SnapshotFollower, settings: Settings
) -> dict[str, Any]:
    """Return what an operator wants to know; no paths, no secrets."""
    segments = segment_folder_of(settings)
    return {
        "revision": readiness.revision,
        "answers_from": follower.latest.revision,
        "schema": readiness.schema,
        "pages": readiness.pages,
        "checked_at": readiness.checked_at,
        "log_bytes": readiness.log_bytes,
        "free_mb": free_mb(settings),
        "segments_mb": segments.nbytes // MEGABYTE if segments else 0,
        "sandbox": sandbox_level(),
    }


def free_mb(settings: Settings) -> int:
    """Return the free space of the disk that holds the store."""
    folder = work_folder_of(settings)
    return shutil.disk_usage(folder).free // MEGABYTE


@router.get(
    "/metrics",
    name="metrics",
    summary="计数，Prometheus 文本 / Counters",
    responses=answers("text/plain"),
)
def metrics(request: Request, store: StoreDep) -> Response:
    """Return the counters of all workers, this one's memory, and the state of the store."""
    headers = {"Cache-Control": "no-store", "Content-Type": PROMETHEUS_TYPE}
    services = services_of(request)
    text = services.metrics.text(gauges_of(store, request), samples(services.caches))
    return Response(text, headers=headers)


def gauges_of(store: SqlStore, request: Request) -> list[Gauge]:
    """Return what is measured at this moment; what each worker has of its own names the worker."""
    readiness = store.ready()
    services = services_of(request)
    reads = answers_reads(faults_of(readiness, services.settings), services.follower)
    answered_from = services.follower.latest.revision
    most_bytes = services.settings.cache_mb * 2**20
    worker = f'{{worker="{os.getpid()}"}}'
    return [
        Gauge("zones_reads_ready", "1 while reads are answered", reads),
        Gauge("zones_store_ready", "1 while the store can be used", readiness.code is None),
        Gauge("zones_free_bytes", "free disk for work", free_mb(services.settings) * MEGABYTE),
        Gauge("zones_store_revision", "current revision of the store", readiness.revision),
        Gauge(
            "zones_worker_revision", "revision that a worker answers from", answered_from, worker
        ),
        Gauge("zones_store_log_bytes", "size of the write-ahead log", readiness.log_bytes),
        Gauge("zones_cache_max_bytes", "what all caches of a worker may take", most_bytes),
        Gauge("zones_resident_bytes", "memory of a worker", resident_bytes(), worker),
        Gauge("zones_imports_running", "imports under way or waiting", waiting_imports(request)),
    ]


def waiting_imports(request: Request) -> int:
    """Return how many imports are under way or wait, in all workers."""
    return services_of(request).jobs.folder.waiting()
