"""Tiles as pages of web maps ask for them: column before row, in three grids."""

import re
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import snapshot_as_of
from app.http import parameters
from app.http.fault_status import NotFoundError, RequestError
from app.http.language import requested_language
from app.http.responses import data_response
from app.http.route_classes import LeanRoute, check_known
from app.map_images.layer_list import DEFAULT, STYLES, UNLABELLED, is_layer
from app.map_images.metatiles import TileKind
from app.map_images.picture_request import MEDIA_TYPES
from app.openapi.document import path_parameter, query_parameter
from zones.drawing.raster_encode import Form
from zones.snapshot.model import Snapshot
from zones.tiles import CGCS2000_QUAD, WEB_MERCATOR_QUAD, Tile, TileMatrixSet

router = APIRouter(route_class=LeanRoute, tags=["Map images"])

SUFFIXES: Final[dict[str, Form]] = {
    "png": "png",
    "jpg": "jpeg",
    "jpeg": "jpeg",
    "webp": "webp",
}
GRIDS: Final[dict[str, TileMatrixSet]] = {
    "web": WEB_MERCATOR_QUAD,
    "cgcs2000": CGCS2000_QUAD,
    "gcj02": WEB_MERCATOR_QUAD,
}
"""By their names in addresses; ``gcj02`` has the tiles of ``web``, shifted as 高德's ground map."""
SHIFTED: Final = "gcj02"
_LAST: Final = re.compile(r"([0-9]{1,10})(@2x)?\.([a-z]{3,4})")
_DIGITS: Final = re.compile(r"[0-9]{1,10}")
_KNOWN: Final = frozenset({"style", "revision", "lang"})
PARAMETERS: Final = [
    path_parameter("layer", "string", "图层，全图为 heping-plan / layer; heping-plan is all"),
    path_parameter("grid", "string", f"格网 / grid: {', '.join(GRIDS)}"),
    path_parameter("z", "integer", "级别 / zoom"),
    path_parameter("x", "integer", "列，自西 / column, from the west"),
    path_parameter("y", "string", "行（自北）与格式，如 5.png、5@2x.png / row and form"),
    query_parameter("style", "string", "样式 / style", enum=list(STYLES)),
    query_parameter("revision", "integer", "修订版，缺省为当前 / as of this revision"),
    query_parameter("lang", "string", "语言 / language", enum=["zh", "en"]),
]


@router.get(
    "/xyz/{layer}/{grid}/{z}/{x}/{y}",
    name="xyz",
    summary="图片瓦片 / A tile of map images",
    operation_id="getXYZTile",
    responses={
        200: {
            "content": {"image/png": {}, "image/jpeg": {}, "image/webp": {}},
            "description": "图片 / a picture",
        }
    },
    openapi_extra={"parameters": PARAMETERS},
)
async def xyz(request: Request) -> Response:
    """Return a tile; ``@2x`` before the suffix makes it of 512 pixels."""
    path, query = request.path_params, request.query_params
    if query:
        check_known(query, _KNOWN)
    snapshot = await snapshot_as_of(request, query.get("revision"))
    tile, form, scale = _tile_named(path)
    style = parameters.choice(query.get("style", DEFAULT), "style", choices=STYLES)
    kind = TileKind(
        _layer(path["layer"], snapshot),
        form,
        requested_language(request),
        is_labelled=style != UNLABELLED,
        scale=scale,
        is_shifted=path["grid"] == SHIFTED,
    )
    return await tile_answer(request, snapshot, tile, kind)


async def tile_answer(request: Request, snapshot: Snapshot, tile: Tile, kind: TileKind) -> Response:
    """Return a tile as an answer."""
    body = await services_of(request).images.tile(snapshot, tile, kind)
    return data_response(body, snapshot.revision, media_type=MEDIA_TYPES[kind.form])


def _layer(name: str, snapshot: Snapshot) -> str:
    if not is_layer(name, snapshot):
        snapshot.collection(name)
    return name


def _tile_named(path: dict[str, str]) -> tuple[Tile, Form, int]:
    """Return the tile that a path names, its form and its scale.

    Raises
    ------
    NotFoundError
        For a grid or a suffix that there is not.
    RequestError, TileOutOfRangeError
    """
    last, tms = _LAST.fullmatch(path["y"]), GRIDS.get(path["grid"])
    form = SUFFIXES.get(last[3]) if last else None
    if last is None or tms is None or form is None:
        raise NotFoundError("xyz-address", grids=", ".join(GRIDS), suffixes=", ".join(SUFFIXES))
    for name in ("z", "x"):
        if not _DIGITS.fullmatch(path[name]):
            raise RequestError(
                "integer-invalid", loc=("path", name), name=name, given=path[name][:80],
                low=0, high=2**tms.max_zoom,
            )  # fmt: skip
    tile = tms.tile(int(path["z"]), int(last[1]), int(path["x"]))
    return tile, form, 2 if last[2] else 1
