"""How a collection is drawn: the page on which staff choose it, and classes of its values."""

from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.collections.description_members import property_of
from app.collections.style_page import style_page
from app.dependencies import CollectionId, LangDep, SnapshotDep, text_of
from app.http import parameters
from app.http.fault_status import RequestError
from app.http.responses import json_response
from app.http.route_classes import StrictRoute
from zones.drawing.class_breaks import (
    FEWEST,
    METHODS,
    MOST,
    Classified,
    Method,
    categories,
    graduated,
)
from zones.drawing.class_palettes import PALETTES
from zones.errors import ValidationError
from zones.snapshot.collection import Collection

router = APIRouter(route_class=StrictRoute, tags=["imports"])
_USUAL_COUNT: Final = "5"


@router.get(
    "/collections/{collection_id}/classes",
    name="classes",
    summary="按字段分类分级，得到样式 / A style by classes of a property",
)
async def classes(
    collection_id: CollectionId,
    snapshot: SnapshotDep,
    property: Annotated[str, Query(description="字段 / property")],
    method: Annotated[
        str,
        Query(description="categories 分类；natural 自然断点、quantile 等量、equal 等距 / method"),
        text_of("string", enum=list(METHODS)),
    ] = "categories",
    count: Annotated[
        str | None,
        Query(description="级数，缺省 5，分类时不用 / how many classes of figures, 5 by itself"),
        text_of("integer", minimum=FEWEST, maximum=MOST),
    ] = None,
    palette: Annotated[
        str | None,
        Query(description="配色 / colours"),
        text_of("string", enum=list(PALETTES)),
    ] = None,
) -> Response:
    """Return a style by classes of a property's values, ready for ``PATCH``, and what is in each.

    ``counts`` are those of the style's classes; ``missing`` features have no value, and ``others``,
    they among them, are in no class.
    """
    collection = await run_in_threadpool(snapshot.collection, collection_id)
    name = property_of({"property": property}, "property", collection) or ""
    chosen = cast("Method", parameters.choice(method, "method", choices=METHODS))
    number = parameters.whole_number(count or _USUAL_COUNT, "count", low=FEWEST, high=MOST)
    if palette is not None:
        parameters.choice(palette, "palette", choices=PALETTES)
    found = await run_in_threadpool(_classified, collection, name, chosen, number, palette)
    return json_response(_document(found, name, chosen), snapshot.revision)


def _classified(
    collection: Collection, name: str, method: Method, count: int, palette: str | None
) -> Classified:
    try:
        if method == "categories":
            return categories(collection, name, palette=palette or "muted")
        return graduated(collection, name, method=method, count=count, palette=palette or "ylorbr")
    except ValidationError as fault:
        raise RequestError(fault.code, loc=("query", "property"), **fault.params) from fault


def _document(found: Classified, name: str, method: str) -> dict[str, Any]:
    return {
        "property": name,
        "method": method,
        "style": found.style,
        "counts": list(found.counts),
        "missing": found.missing,
        "others": found.others,
        "low": found.low,
        "high": found.high,
        "sampled": found.is_sampled,
    }


@router.get("/collections/{collection_id}/style", name="style-page", include_in_schema=False)
def style(
    request: Request, collection_id: CollectionId, snapshot: SnapshotDep, lang: LangDep
) -> Response:
    """Return the page on which a collection's look is chosen."""
    return style_page(request, snapshot, lang, collection_id)
