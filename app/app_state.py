"""What a running worker has, as one typed value that every request reaches by its application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # types alone: every folder may reach its own part, and none imports another's
    from collections.abc import Mapping

    from anyio import CapacityLimiter
    from starlette.applications import Starlette
    from starlette.requests import HTTPConnection
    from starlette.types import Scope

    from app.auth.basic_accounts import BasicAccounts
    from app.auth.browser_session import SessionRing
    from app.auth.key_ring import KeyRing
    from app.auth.oidc_provider import OidcProvider
    from app.auth.password_guard import PasswordGuard
    from app.auth.refusal_log import RefusalLog
    from app.drawn_areas.read_pasted_areas import PastedAreas
    from app.edits.store_edit import Edits
    from app.edits.store_edit_set import EditSets
    from app.http.links import NamedRoutes
    from app.imports.queue import ImportJobs
    from app.locate.collections_parameter_cache import MembersCache
    from app.locate.stream_batches import Batches
    from app.map_images.picture_cache import Images
    from app.observe.cache_memory_shares import Cache, HasBytes
    from app.observe.prometheus_metrics import Metrics
    from app.openapi.document import LatestDocument
    from app.pages.assets import InstalledAssets
    from app.printing.sheet_cache import Sheets
    from app.server.background_snapshot_refresh import Refresher
    from app.server.segment_renewal import SegmentKeeper
    from app.settings import Settings
    from app.tiles.serve_tile import Tiles
    from app.visible_collections import PrivateCollections
    from app.webhooks.deliveries import Webhooks
    from zones.snapshot.current_snapshot import SnapshotFollower
    from zones.store.sql.store import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of one worker; made when the application starts, the same until it ends."""

    settings: Settings
    store: SqlStore
    follower: SnapshotFollower
    private: PrivateCollections
    refresher: Refresher
    segments: SegmentKeeper
    key_ring: KeyRing
    session_ring: SessionRing
    passwords: PasswordGuard
    basic_accounts: BasicAccounts
    oidc: OidcProvider | None
    refusals: RefusalLog
    edits: Edits
    edit_sets: EditSets
    pasted_areas: PastedAreas
    jobs: ImportJobs
    batches: Batches
    webhooks: Webhooks
    members_cache: MembersCache
    tiles: Tiles
    images: Images
    export_limiter: CapacityLimiter
    """Makes exports wait for each other, so that they leave threads to look-ups."""
    sheets: Sheets
    assets: InstalledAssets
    openapi: LatestDocument
    named_routes: NamedRoutes
    metrics: Metrics
    caches: Mapping[Cache, HasBytes]
    """What is remembered within ``cache_mb``, by the name that metrics show it under."""


def services_of(connection: HTTPConnection) -> Services:
    """Return the parts of the worker that answers a request."""
    return services_in(connection.app)


def services_for(scope: Scope) -> Services:
    """Return the parts of the worker that answers, for middleware, which has the scope alone."""
    return services_in(scope["app"])


def services_in(app: Starlette) -> Services:
    """Return the parts of a running application."""
    services: Services = app.state.services
    return services
