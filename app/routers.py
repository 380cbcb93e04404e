"""Every router of the service, in the order in which an address is looked for."""

from app.auth import routes_audit as audit
from app.auth import routes_groups as groups
from app.auth import routes_keys as keys
from app.auth import routes_oidc as oidc
from app.auth import routes_people as people
from app.auth import routes_rights as rights
from app.auth import routes_session as session
from app.collections import routes as collections
from app.collections import routes_style as collection_styles
from app.drawn_areas import routes as sketch
from app.edits import routes as edits
from app.edits import routes_edit_sets as edit_sets
from app.edits import routes_split_merge as edit_cuts
from app.features import routes as items
from app.features import routes_exports as exports
from app.features import routes_map as whole_map
from app.features import routes_ogc as ogc
from app.features import routes_queryables as queryables
from app.features import routes_record as records
from app.help import routes as help_pages
from app.imports import routes as imports
from app.imports import routes_decisions as decisions
from app.imports import routes_layers as import_layers
from app.imports import routes_mappings as mappings
from app.imports import routes_previews as previews
from app.indicators import routes as indicators
from app.locate import routes as locate
from app.locate import routes_describe as locate_describe
from app.locate import routes_many as locate_many
from app.map_images import routes_maps as map_images
from app.map_images import routes_xyz as xyz
from app.map_page import routes as maps
from app.openapi import routes as api
from app.pages import routes as pages
from app.pages import routes_staff as staff
from app.plan import routes as plan
from app.printing import routes as sheets
from app.problems import routes as problems
from app.revisions import routes as revisions
from app.revisions import routes_changes as changes
from app.search import routes as search
from app.server import routes_health_metrics as health
from app.tiles import routes as tiles
from app.webservices.esri import routes as esri
from app.webservices.wfs import routes as wfs
from app.webservices.wms import routes as wms
from app.webservices.wmts import routes as wmts

# Asked one after the other whether the address is theirs: those asked for most come first.
ROUTERS = (
    tiles.lean,
    items.lean,
    locate.single,
    locate_many.router,
    locate_describe.router,
    health.lean,
    health.router,
    ogc.router,
    items.router,
    edits.router,
    edit_sets.router,
    edit_cuts.router,
    queryables.router,
    records.router,
    tiles.router,
    map_images.lean,
    map_images.router,
    xyz.router,
    wmts.router,
    wms.router,
    wfs.router,
    esri.router,
    indicators.router,
    plan.router,
    sketch.router,
    search.router,
    maps.router,
    whole_map.router,
    sheets.router,
    pages.router,
    imports.router,
    decisions.router,
    previews.router,
    import_layers.router,
    mappings.router,
    revisions.router,
    changes.router,
    exports.router,
    collections.router,
    collection_styles.router,
    keys.router,
    audit.router,
    people.router,
    groups.router,
    rights.router,
    session.router,
    oidc.router,
    staff.router,
    api.router,
    problems.router,
    help_pages.router,
)
