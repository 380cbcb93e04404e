"""Polygons split by a line and merged for an editor, who stores the parts with other edits."""

from typing import Any, Final

import orjson
from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import KeyDep
from app.edits.split_and_merge_job import MergeWork, SplitWork
from app.http.fault_status import RequestError
from app.http.json_body import read_object
from app.http.responses import JSON_TYPE, state_response
from app.http.route_classes import StrictRoute
from app.openapi.described_answers import answers
from app.worker.run_in_process import run_in_worker

router = APIRouter(route_class=StrictRoute, tags=["OGC API"])

MOST_CUT: Final = 50


def _cut_body(*needed: str) -> dict[str, Any]:
    shapes: dict[str, Any] = {"type": "array", "items": {"type": "object"}, "maxItems": MOST_CUT}
    known = {"polygons": shapes, "line": {"type": "object"}}
    properties = {name: known[name] for name in needed}
    schema = {"type": "object", "required": list(needed), "properties": properties}
    return {"required": True, "content": {JSON_TYPE: {"schema": schema}}}


@router.post(
    "/edits/split",
    name="split-polygons",
    summary="用线分割面 / Split polygons by a line",
    responses=answers(JSON_TYPE),
    openapi_extra={"requestBody": _cut_body("polygons", "line")},
)
async def split(request: Request, key: KeyDep) -> Response:
    """Return the parts of each polygon; nothing is stored.

    A vertex on an edge has the same digits in all parts; other vertices stay as they were.
    """
    document = await read_object(request, known={"polygons": "[…]", "line": "{…}"})
    line = orjson.dumps(document.get("line"))
    work = SplitWork(request.state.request_id, _polygons(document), line)
    parts = await run_in_threadpool(run_in_worker, work, services_of(request).edit_sets.forked)
    return state_response({"parts": [[orjson.loads(one) for one in each] for each in parts]})


@router.post(
    "/edits/merge",
    name="merge-polygons",
    summary="合并面 / Merge polygons",
    responses=answers(JSON_TYPE),
    openapi_extra={"requestBody": _cut_body("polygons")},
)
async def merge(request: Request, key: KeyDep) -> Response:
    """Return several polygons as one, in parts where they do not touch; nothing is stored."""
    document = await read_object(request, known={"polygons": "[…]"})
    work = MergeWork(request.state.request_id, _polygons(document))
    merged = await run_in_threadpool(run_in_worker, work, services_of(request).edit_sets.forked)
    return state_response({"geometry": orjson.loads(merged)})


def _polygons(document: dict[str, Any]) -> tuple[bytes, ...]:
    shapes = document.get("polygons")
    if not isinstance(shapes, list) or not 0 < len(shapes) <= MOST_CUT:
        example = '{"polygons": [{"type": "Polygon", "coordinates": […]}]}'
        raise RequestError("body-shape", loc=("body", "polygons"), example=example)
    return tuple(map(orjson.dumps, shapes))
