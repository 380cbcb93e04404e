"""What an import would bring, to be drawn: its features, its problems, a picture of its changes."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import LangDep, SnapshotDep, text_of
from app.http.fault_status import NotFoundError, RequestError
from app.http.responses import GEOJSON_TYPE, data_response
from app.http.route_classes import StrictRoute
from app.imports.dependencies import JobsDep
from app.imports.queue import ImportJobs
from app.imports.routes import ImportId, visible_import
from zones.ingest.preview import read_features, read_picture
from zones.snapshot.model import Snapshot
from zones.store.sql.records import ImportRecord

router = APIRouter(route_class=StrictRoute, tags=["imports"])


@router.get(
    "/imports/{import_id}/preview",
    name="import-preview",
    summary="导入的预览，GeoJSON / What an import brings, or what is wrong with it, to draw",
)
def import_preview(
    request: Request,
    import_id: ImportId,
    jobs: JobsDep,
    snapshot: SnapshotDep,
    lang: LangDep,
    of: Annotated[
        str | None,
        Query(description="features | problems | picture"),
        text_of("string", enum=["features", "problems", "picture"], default="features"),
    ] = None,
) -> Response:
    """Return the features as they were read, or the problems that have a place, as points.

    Of more than 500 changes there is a picture (PNG) of all, evenly spaced in Web Mercator; the
    header `Content-Bbox` says which degrees it covers.
    """
    record = visible_import(request, jobs, import_id)
    if of == "problems":
        document = problems_geojson(record, lang)
        return data_response(orjson.dumps(document), snapshot.revision, media_type=GEOJSON_TYPE)
    if of == "picture":
        return changes_picture(jobs, record, snapshot)
    if of not in (None, "features"):
        raise RequestError(
            "parameter-choice",
            loc=("query", "of"),
            name="of",
            given=str(of)[:80],
            choices="features, problems, picture",
        )
    try:
        body = read_features(jobs.stored_uploads.path(record.id))
    except FileNotFoundError as error:
        raise NotFoundError("import-no-preview", id=record.id) from error
    return data_response(body, snapshot.revision, media_type=GEOJSON_TYPE)


def changes_picture(jobs: ImportJobs, record: ImportRecord, snapshot: Snapshot) -> Response:
    """Return the picture of all changes, and where a map is to lay it."""
    try:
        picture, place = read_picture(jobs.stored_uploads.path(record.id))
    except FileNotFoundError as error:
        raise NotFoundError("import-no-preview", id=record.id) from error
    headers = {"Content-Bbox": ",".join(f"{each:.7f}" for each in place)}
    return data_response(picture, snapshot.revision, media_type="image/png", headers=headers)


def problems_geojson(record: ImportRecord, lang: str) -> dict[str, Any]:
    """Return the findings of an import that have a place, as points."""
    report: Any = record.report.get(lang) or {}
    listed = sum(problem["severity"] == "error" for problem in report.get("problems", []))
    placed = [problem for problem in report.get("problems", []) if problem["lon"] is not None]
    return {
        "type": "FeatureCollection",
        "numberReturned": len(placed),
        "truncated": report.get("errors", 0) > listed,
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [problem["lon"], problem["lat"]]},
                "properties": {
                    name: problem[name]
                    for name in ("feature", "code", "severity", "message", "hint")
                },
            }
            for problem in placed
        ],
    }
