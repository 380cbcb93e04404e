"""Named inputs of routes: each reads one thing from the request and returns a value."""

from typing import Annotated, Any

import anyio.to_thread
from fastapi import Depends, Path, Query
from pydantic import WithJsonSchema
from starlette.requests import Request

from app.app_state import services_of
from app.http import parameters
from app.http.language import requested_language
from app.http.links import Links
from app.settings import Settings
from app.visible_collections import snapshot_of_request, visible_now
from zones.crs.transform import CRS
from zones.messages import Lang
from zones.snapshot.model import Snapshot
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore

CRS_KEYS = ", ".join(crs.key for crs in CRS)


def text_of(kind: str, **more: Any) -> WithJsonSchema:
    """Return what OpenAPI says of a parameter that is read as text and judged by us."""
    return WithJsonSchema({"type": kind, **more})


async def settings_in_use(request: Request) -> Settings:
    """Return the settings."""
    return services_of(request).settings


async def store_in_use(request: Request) -> SqlStore:
    """Return the store; ask it from a thread, its answers come from the disk."""
    return services_of(request).store


async def current_snapshot(request: Request) -> Snapshot:
    """Return everything at the store's current revision."""
    return await visible_now(request)


async def snapshot_as_of(
    request: Request,
    revision: Annotated[
        str | None,
        Query(description="修订版；缺省为当前 / as of this revision, default the current one"),
        text_of("integer", minimum=1),
    ] = None,
) -> Snapshot:
    """Return everything as of the revision that is asked for, by default the current one."""
    if revision is None:
        return await current_snapshot(request)
    number = parameters.revision(revision)
    return await anyio.to_thread.run_sync(snapshot_of_request, request, number)


async def language(
    request: Request,
    lang: Annotated[
        str | None,
        Query(description="语言 / language"),
        text_of("string", enum=["zh", "en"]),
    ] = None,
) -> Lang:
    """Return the language of the answer."""
    if lang is not None:
        parameters.choice(lang, "lang", choices=("zh", "en"))
    return requested_language(request)


async def links_of(request: Request) -> Links:
    """Return what makes links for this answer."""
    return Links(request)


async def crs_of_answer(
    crs: Annotated[
        str | None,
        Query(
            description=f"坐标系(键或 OGC URI)/ CRS, a key or an OGC URI: {CRS_KEYS}; "
            "轴序按其权威定义 / axes in the order of its authority"
        ),
        text_of("string"),
    ] = None,
) -> CRS:
    """Return the CRS to answer in: CRS84 unless asked otherwise."""
    return CRS.CRS84 if crs is None else parameters.crs(crs)


async def key_in_use(request: Request) -> Key:
    """Return the key that the request was let in with; only for routes that need one."""
    key: Key = request.state.key
    return key


SettingsDep = Annotated[Settings, Depends(settings_in_use)]
StoreDep = Annotated[SqlStore, Depends(store_in_use)]
SnapshotDep = Annotated[Snapshot, Depends(current_snapshot)]
SnapshotAsOfDep = Annotated[Snapshot, Depends(snapshot_as_of)]
LangDep = Annotated[Lang, Depends(language)]
LinksDep = Annotated[Links, Depends(links_of)]
CRSDep = Annotated[CRS, Depends(crs_of_answer)]
KeyDep = Annotated[Key, Depends(key_in_use)]

CollectionId = Annotated[str, Path(description="集合标识 / collection")]
FeatureId = Annotated[str, Path(description="要素标识 / feature")]
