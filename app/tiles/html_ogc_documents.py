"""The documents of OGC API Tiles as pages: tile matrix sets, and the tiles of a collection."""

from starlette.requests import Request
from starlette.responses import Response

from app.http.links import Links
from app.pages.data_page_frame import data_page
from app.tiles.ogc_documents import tile_template, tileset_document
from zones.messages import Lang
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.tiles import TILE_MATRIX_SETS, WEB_MERCATOR_QUAD, TileMatrixSet, tile_source


def matrix_sets_page(request: Request, snapshot: Snapshot, lang: Lang) -> Response:
    """Return the tile matrix sets, each with a link."""
    context = {"matrix_sets": TILE_MATRIX_SETS.values(), "english": lang == "en"}
    return data_page(request, "tile_matrix_sets.html", context, snapshot.revision, lang=lang)


def matrix_set_page(
    request: Request, snapshot: Snapshot, tms: TileMatrixSet, lang: Lang
) -> Response:
    """Return how a tile matrix set cuts the earth: a row for each zoom."""
    context = {"tms": tms, "definition": tms.definition, "english": lang == "en"}
    return data_page(request, "tile_matrix_set.html", context, snapshot.revision, lang=lang)


def tilesets_page(
    request: Request,
    snapshot: Snapshot,
    collection: Collection,
    matrix_sets: tuple[TileMatrixSet, ...],
    *,
    lang: Lang,
) -> Response:
    """Return a collection's tiles in each of these tile matrix sets."""
    source, links = tile_source(collection), Links(request)
    listed = [
        (
            tms,
            tileset_document(source, tms, links, lang=lang),
            tile_template(source, tms, links, "{z}/{y}/{x}"),
        )
        for tms in matrix_sets
    ]
    context = {
        "collection": collection,
        "tilesets": listed,
        "mercator": WEB_MERCATOR_QUAD,
        "english": lang == "en",
    }
    return data_page(request, "tilesets.html", context, snapshot.revision, lang=lang)
