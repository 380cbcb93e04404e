"""Which page of the manual fits a page of the product, or a problem."""

from typing import Final

from zones.messages import subjects

CONTENTS: Final = ""
"""The table of contents."""

_BY_TEMPLATE: Final = {
    "_header.html": "find-a-place",  # the map draws its bar by itself
    "map_panels.html": "find-a-place",
    "locate.html": "find-a-place",
    "sketch.html": "draw-an-area",
    "print.html": "printing",
    "plan.html": "conflicts",
    "profile.html": "certainty",
    "areas.html": "areas",
    "indicators.html": "indicators",
    "conflicts.html": "conflicts",
    "compare.html": "areas",
    "brief.html": "areas",
    "collections.html": "features-api",
    "collection.html": "features-api",
    "items.html": "features-api",
    "item.html": "features-api",
    "properties.html": "features-api",
    "conformance.html": "features-api",
    "tilesets.html": "maplibre",
    "tile_matrix_set.html": "maplibre",
    "tile_matrix_sets.html": "maplibre",
    "docs.html": "locate-api",
    "signin.html": "sign-in",
    "signed_in.html": "sign-in",
    "account.html": "sign-in",
    "people.html": "sign-in",
    "rights.html": "sign-in",
    "audit.html": "sign-in",
    "upload.html": "upload",
    "imports.html": "upload",
    "import.html": "decide",
    "history.html": "history",
    "changes.html": "history",
    "settings.html": "collections",
    "style.html": "collections",
    "edit.html": "edit-borders",
    "trash.html": "collections",
    "export.html": "export",
    "problem.html": "problems",
    "problem_meaning.html": "problems",
    "missing.html": "install",
}

_BY_PREFIX: Final = (
    ("key-", "sign-in"),
    ("ask-", "decide"),
    ("reason-", "decide"),
    ("crs-", "coordinates"),
    ("kml", "format-kml"),
    ("kmz", "format-kml"),
    ("gpkg", "format-gpkg"),
    ("drawing-", "format-dxf"),
    ("line", "format-dxf"),
    ("csv-", "format-csv"),
    ("vct", "format-vct"),
    ("esrijson", "format-esrijson"),
    ("mapinfo", "format-mapinfo"),
    ("cell", "format-csv"),
    ("codes-", "format-csv"),
    ("geojson", "format-geojson"),
    ("shapefile", "format-shapefile"),
    ("zip", "format-shapefile"),
    ("dbf", "format-shapefile"),
    ("gdb", "format-filegdb"),
    ("parquet", "format-geoparquet"),
)
"""Codes that say more than their subject does, by how they begin."""

_BY_SUBJECT: Final = {
    "backups": "backup",
    "bulk": "many-points",
    "seed_check": "certainty",
    "crs": "coordinates",
    "decisions": "decide",
    "edits": "edit-borders",
    "exports": "export",
    "features": "upload",
    "gtxt": "format-gtxt",
    "filters": "features-api",
    "items": "features-api",
    "plan": "conflicts",
    "locate_page": "many-points",
    "printed_sheet": "printing",
    "print_choice_page": "printing",
    "revisions": "history",
    "selection": "features-api",
    "session": "sign-in",
    "workbooks": "format-excel",
    "sources": "upload",
    "spark": "many-points",
    "store": "backup",
    "sketch": "draw-an-area",
    "tiles": "maplibre",
}

_ANY_PROBLEM: Final = "problems"


def topic_of_template(template: str, current: str = "") -> str:
    """Return the id of the page of the manual on a page that is made from a template."""
    if current == "help":
        return CONTENTS
    return _BY_TEMPLATE.get(template, CONTENTS)


def topic_of_problem(code: str) -> str:
    """Return the id of the page of the manual that helps with a problem."""
    subject = subjects().get(code, "")
    if subject in {"sources", "features", "session", "http"}:
        for prefix, topic in _BY_PREFIX:
            if code.startswith(prefix):
                return topic
    return _BY_SUBJECT.get(subject, _ANY_PROBLEM)
