"""Where is this point: one in the query, or many in the body."""

from typing import Any

import numpy as np
from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.deps import CRS_KEYS, CRSDep, LangDep, SnapshotDep, fresh_snapshot
from app.json_body import read_body
from app.openapi import POINTS_BODY, query_parameter
from app.points import PointRow, read_point, read_points
from app.problems import fault_json
from app.responses import json_response
from app.routing import LeanRoute, StrictRoute, check_known
from zones.crs import CRS, to_storage_xy
from zones.locator import build_locator
from zones.messages import Lang
from zones.placement import Placement
from zones.snapshot import Snapshot

single = APIRouter(route_class=LeanRoute, tags=["locate"])
many = APIRouter(route_class=StrictRoute, tags=["locate"])

POINT_PARAMETERS = [
    query_parameter("lon", "number", "经度 / longitude", example=123.40),
    query_parameter("lat", "number", "纬度 / latitude", example=41.79),
    query_parameter("x", "number", "东坐标,投影坐标系用 / easting of a projected system"),
    query_parameter("y", "number", "北坐标,投影坐标系用 / northing of a projected system"),
    query_parameter("crs", "string", f"坐标系,缺省 CRS84 / CRS of the point: {CRS_KEYS}"),
    query_parameter("lang", "string", "出错时的语言 / language of faults", enum=["zh", "en"]),
]
KNOWN = frozenset(str(parameter["name"]) for parameter in POINT_PARAMETERS)


@single.get(
    "/locate",
    name="locate",
    summary="某点属于哪个区 / Which zone is this",
    openapi_extra={"parameters": POINT_PARAMETERS},
)
async def locate(request: Request) -> Response:
    """Return where one point lies."""
    query = request.query_params
    check_known(query, KNOWN)
    point = read_point(query)
    snapshot = await fresh_snapshot(request.app.state.follower)
    placement = snapshot.derived(build_locator).locate(point.lon, point.lat, given=point.given)
    return json_response(placement.as_json(), snapshot.revision)


@many.post(
    "/locate",
    name="locate-many",
    summary="许多点属于哪个区 / Which zones are these",
    openapi_extra={"requestBody": POINTS_BODY},
)
async def locate_many(
    request: Request, snapshot: SnapshotDep, crs: CRSDep, lang: LangDep
) -> Response:
    """Return where each point lies, in the order given; a wrong point says so in its place."""
    body = await read_body(request)
    return await run_in_threadpool(answer_many, snapshot, body, crs, lang)


def answer_many(snapshot: Snapshot, body: bytes, crs: CRS, lang: Lang) -> Response:
    """Return the answer to a body of points."""
    rows = read_points(body, crs)
    results = placed(snapshot, rows, crs, lang)
    document = {"count": len(results), "results": results, "revision": snapshot.revision}
    return json_response(document, snapshot.revision)


def placed(snapshot: Snapshot, rows: list[PointRow], crs: CRS, lang: Lang) -> list[dict[str, Any]]:
    """Return for each row its placement, or its fault; with the id and members it came with."""
    given = np.array([row.xy for row in rows if row.xy is not None], dtype=np.float64)
    x, y = given.reshape(-1, 2).T.copy()
    lon, lat = to_storage_xy(x, y, crs)
    found = iter(snapshot.derived(build_locator).locate_many(lon, lat))
    return [told_of(row, next(found) if row.fault is None else None, lang) for row in rows]


def told_of(row: PointRow, placement: Placement | None, lang: Lang) -> dict[str, Any]:
    """Return the answer to one item of the list."""
    told: dict[str, Any] = {} if row.id is None else {"id": row.id}
    if row.properties:
        told["properties"] = dict(row.properties)
    if placement is not None:
        return told | placement.as_json()
    assert row.fault is not None  # noqa: S101 - a row without a point has a fault
    return told | {"error": fault_json(row.fault, lang)}
