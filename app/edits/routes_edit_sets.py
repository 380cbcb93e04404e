"""Several features edited together: read with all their digits, checked, stored as one revision."""

import re
from typing import Annotated, Any, Final

import anyio.to_thread
import numpy as np
import orjson
import shapely
from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.auth.role_comparison import check_may
from app.dependencies import KeyDep, LangDep, SnapshotDep, text_of
from app.edits.edit_set_answer import refused_json, set_json, stale_json
from app.edits.edit_set_body import EXAMPLE, change_set_of
from app.edits.store_edit_set import EditsStaleError
from app.http import parameters
from app.http.fault_status import MediaTypeError, PreconditionNeededError, RequestError
from app.http.json_body import parse_json, refuse_repeated
from app.http.raw_headers import media_type
from app.http.responses import GEOJSON_TYPE, JSON_TYPE, data_response, state_response
from app.http.route_classes import StrictRoute
from app.openapi.described_answers import answers, problem_answers
from app.problems.problem_document import problem_response
from zones.crs.transform import CRS
from zones.errors import SourceError
from zones.geojson.geometry_text import geometry_texts
from zones.snapshot.collection import Collection

router = APIRouter(route_class=StrictRoute, tags=["OGC API"])

MOST_SHOWN: Final = 2_000
MOST_LAYERS: Final = 10
DEEPEST: Final = 12
"""Four levels, and in them features as single edits may have them."""
_TAG: Final = re.compile(r'\s*"r([0-9]{1,12})(?:\.[0-9a-f]+)?"\s*')
IF_MATCH: Final[dict[str, Any]] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "所见修订版的 ETag / the ETag of the revision that was seen",
    "schema": {"type": "string", "example": '"r12"'},
}
_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        JSON_TYPE: {
            "schema": {
                "type": "object",
                "required": ["changes"],
                "properties": {
                    "note": {"type": "string", "maxLength": 500},
                    "dry_run": {"type": "boolean"},
                    "changes": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 10,
                        "items": {
                            "type": "object",
                            "required": ["collection"],
                            "properties": {
                                "collection": {"type": "string"},
                                "put": {"type": "array", "items": {"type": "object"}},
                                "delete": {"type": "array", "items": {"type": "string"}},
                            },
                        },
                    },
                },
            }
        }
    },
}


@router.get(
    "/edits",
    name="features-to-edit",
    summary="要编辑的要素，全部位数 / Features to be edited, with all their digits",
    responses=answers(GEOJSON_TYPE, description="要素 / features"),
)
def features_to_edit(
    snapshot: SnapshotDep,
    collections: Annotated[
        str, Query(max_length=1000, description="集合，逗号分隔 / collections, by commas")
    ],
    bbox: Annotated[
        str | None,
        Query(description="西，南，东，北 / west,south,east,north"),
        text_of("array", items={"type": "number"}, minItems=4, maxItems=4),
    ] = None,
    ids: Annotated[
        str | None, Query(max_length=8000, description="只要这些标识 / only these ids, as JSON")
    ] = None,
) -> Response:
    """Return features as they are stored, not rounded: what `POST /edits` takes back unchanged.

    Each feature names its `collection`; at most 2,000, `numberMatched` tells how many there are.
    The ETag is what `If-Match` of `POST /edits` expects.
    """
    names = list(dict.fromkeys(name for name in collections.split(",") if name))[:MOST_LAYERS]
    box = None if bbox is None else parameters.bbox(bbox, CRS.CRS84, authority_order=True)
    chosen_ids = None if ids is None else _listed_ids(ids)
    found: list[bytes] = []
    matched = 0
    for collection in map(snapshot.collection, names):
        indices = _selected(collection, box, chosen_ids)
        matched += len(indices)
        found += _texts(collection, indices[: max(0, MOST_SHOWN - len(found))])
    counts = b'"numberMatched":%d,"numberReturned":%d' % (matched, len(found))
    body = b'{"type":"FeatureCollection",%b,"features":[%b]}' % (counts, b",".join(found))
    return data_response(body, snapshot.revision, media_type=GEOJSON_TYPE)


def _listed_ids(text: str) -> frozenset[str]:
    document = parse_json(text.encode())
    if not isinstance(document, list) or not all(isinstance(each, str) for each in document):
        raise RequestError("parameter-invalid", loc=("query", "ids"), name="ids", given=text[:80])
    return frozenset(document)


def _selected(collection: Collection, box: Any, ids: frozenset[str] | None) -> list[int]:
    if box is None:
        indices = list(range(len(collection)))
    else:
        rectangle = shapely.box(box.x_min, box.y_min, box.x_max, box.y_max)
        indices = np.sort(collection.tree.query(rectangle, predicate="intersects")).tolist()
    return [i for i in indices if ids is None or collection.fids[i] in ids]


def _texts(collection: Collection, indices: list[int]) -> list[bytes]:
    features = [collection.feature(collection.fids[i]) for i in indices]
    shapes = np.empty(len(features), dtype=object)
    shapes[:] = [feature.geometry for feature in features]
    return [
        b'{"type":"Feature","collection":%b,"id":%b,"geometry":%b,"properties":%b}'
        % (
            orjson.dumps(collection.info.id),
            orjson.dumps(feature.fid),
            geometry,
            orjson.dumps(dict(feature.properties)),
        )
        for feature, geometry in zip(features, geometry_texts(shapes), strict=True)
    ]


@router.post(
    "/edits",
    name="make-edits",
    summary="多个要素一起编辑，成为一个修订版 / Edit several features as one revision",
    responses={
        **answers(JSON_TYPE, description="结果与检查所见 / what became of it, and what was found"),
        **problem_answers(404, 428),
    },
    openapi_extra={"parameters": [IF_MATCH], "requestBody": _BODY},
)
async def make_edits(
    request: Request, snapshot: SnapshotDep, key: KeyDep, lang: LangDep
) -> Response:
    """Store new, changed and deleted features of one or several collections as one revision.

    Coordinates are longitude, latitude (CRS84), kept to the last bit. A feature that is there
    keeps its properties, or its geometry, where it is put without them; one without `id` gets a
    number. `dry_run` only checks: `topology` names overlaps, gaps, slivers and ground that no
    polygon holds any more. `If-Match` must name the revision that was seen: where one of the
    collections changed since, a 412 tells which features differ, and nothing is stored.
    """
    body = await _json_body(request)
    change_set = await anyio.to_thread.run_sync(lambda: change_set_of(body, _object(body)))
    for each in change_set.changes:
        await run_in_threadpool(check_may, request, each.collection_id, "editor")
    seen = _seen(request)
    try:
        made = await services_of(request).edit_sets.make(
            change_set, seen=seen, key=key, request_id=request.state.request_id
        )
    except EditsStaleError as fault:
        return problem_response(fault, request, extra=stale_json(fault))
    if any(each.is_refused for each in made.checked) and not change_set.dry_run:
        refused = SourceError("edits-refused")
        return problem_response(refused, request, extra=refused_json(made, lang))
    headers = {"ETag": f'"r{made.revision or made.base}"'}
    if made.revision is not None:
        headers["X-Revision"] = str(made.revision)
    return state_response(set_json(made, lang), headers=headers)


async def _json_body(request: Request) -> bytes:
    sent_type = media_type(request.scope)
    if sent_type != JSON_TYPE:
        raise MediaTypeError("media-unsupported", given=sent_type[:80], accepted=JSON_TYPE)
    return await request.body()


def _object(body: bytes) -> dict[str, Any]:
    document = parse_json(body, levels=DEEPEST)
    if not isinstance(document, dict):
        raise RequestError("body-shape", loc=("body",), example=EXAMPLE)
    refuse_repeated(body, document)
    return document


def _seen(request: Request) -> int:
    """Return the revision that ``If-Match`` names.

    Raises
    ------
    PreconditionNeededError, RequestError
    """
    tag = request.headers.get("if-match")
    if tag is None:
        raise PreconditionNeededError("edits-if-match", loc=("header", "If-Match"))
    found = _TAG.fullmatch(tag)
    if found is None:
        raise RequestError("edits-if-match-form", loc=("header", "If-Match"), given=tag[:80])
    return int(found[1])
