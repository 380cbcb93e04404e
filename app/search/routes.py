"""Finding things by name."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.dependencies import SnapshotAsOfDep, text_of
from app.http import parameters
from app.http.fault_status import RequestError
from app.http.responses import json_response
from app.http.route_classes import StrictRoute
from zones.search.find_by_name import build_name_index

router = APIRouter(route_class=StrictRoute, tags=["plan"])

LONGEST_QUERY = 100
DEFAULT_HITS, MOST_HITS = 20, 100


@router.get("/search", name="search", summary="按名称查找 / Find by name")
def search(
    snapshot: SnapshotAsOfDep,
    q: Annotated[
        str, Query(description="名称、别名、拼音或首字母 / name, alias, pinyin, initials")
    ],
    limit: Annotated[
        str | None,
        Query(description="最多几条 / at most"),
        text_of("integer", minimum=1, maximum=MOST_HITS, default=DEFAULT_HITS),
    ] = None,
) -> Response:
    """Return the features whose name, alias, pinyin or initials hold the query, best first."""
    if len(q) > LONGEST_QUERY:
        raise RequestError(
            "parameter-too-long", loc=("query", "q"), name="q", length=len(q), limit=LONGEST_QUERY
        )
    most = DEFAULT_HITS if limit is None else parameters.limit(limit, highest=MOST_HITS)
    hits = snapshot.derived(build_name_index).search(q, limit=most)
    document = {
        "query": q,
        "count": len(hits),
        "results": [hit.as_json() for hit in hits],
        "revision": snapshot.revision,
    }
    return json_response(document, snapshot.revision)
