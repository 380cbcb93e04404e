"""Pages of features as files: CSV, FlatGeobuf, GeoParquet, GeoPackage."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.features.export_response import blocks_of, disposition, exported_file, media_type
from app.features.items_as_geojson import content_crs, link_header, page_links, page_of
from app.features.items_query import ItemsQuery, items_query
from app.http.links import Links
from app.http.responses import REVALIDATE
from zones.export.export_options import ExportOptions, export_options
from zones.model import Feature
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot


def items_file(request: Request, snapshot: Snapshot, collection: Collection, form: str) -> Response:
    """Return the page that the request's query asks for as a file; its links are in the header.

    Coordinates have x first, as these formats have them, whatever the axes of ``crs``.
    """
    query = items_query(request.query_params, collection)
    page = page_of(collection, query)
    features = features_with_only(collection, page.indices, query)
    file, size = exported_file(collection.info, features, options := options_of(form, query))
    links = page_links(
        Links(request), collection.info.id, page, revision=snapshot.revision, form=form
    )
    headers = {
        # Another tag than that of the GeoJSON at the same address, or that would pass for this.
        "ETag": f'"r{snapshot.revision}-{form}"',
        "X-Revision": str(snapshot.revision),
        "Cache-Control": REVALIDATE,
        "Content-Length": str(size),
        "Content-Disposition": disposition(collection.info, snapshot.revision, options),
        "OGC-NumberMatched": str(page.matched),
        "OGC-NumberReturned": str(len(features)),
        **content_crs(query.crs),
        **link_header(links),
    }
    return StreamingResponse(blocks_of(file), headers=headers, media_type=media_type(options))


def options_of(form: str, query: ItemsQuery) -> ExportOptions:
    """Return how the file is written; CSV without the mark that Excel wants, as programs expect."""
    encoding = "utf-8" if form == "csv" else None
    return export_options(form, crs=query.crs, encoding=encoding)


def features_with_only(
    collection: Collection, indices: Sequence[int], query: ItemsQuery
) -> tuple[Feature, ...]:
    """Return the features of a page with the properties that are asked for.

    Degrees are those that the page has as GeoJSON, so that they can be sent back as well; metres
    have all digits, as in exports.
    """
    return tuple(_feature(collection, index, query) for index in indices)


def _feature(collection: Collection, index: int, query: ItemsQuery) -> Feature:
    feature = collection.feature(collection.fids[index])
    if query.crs.is_lonlat:
        feature = replace(feature, geometry=collection.geometries[index])
    if query.properties is None:
        return feature
    properties = {
        name: value for name, value in feature.properties.items() if name in query.properties
    }
    return replace(feature, properties=properties)
