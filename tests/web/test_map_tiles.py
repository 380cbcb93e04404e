"""A collection too large for GeoJSON is drawn from vector tiles, and looks and answers the same."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import shapely
from playwright.sync_api import Browser, Page, expect

from tests.bench.partitions import partition
from zones.crs.gcj02_bd09 import wgs84_to_gcj02
from zones.map_page.basemaps import TILE_HOSTS_AMAP

from .conftest import ADMIN_KEY, Visit, running_service
from .pictures import commonest_colour, differing_share

Visitor = Callable[..., Visit]
COUNT = 2_500
NAME = "<img src=x onerror=window.hacked=1>${window.hacked=2}`"
MIDDLE = (123.41, 41.77)
SHOWN = {"x": 320, "y": 120, "width": 600, "height": 600}
"""The part of a wide window that the map has for itself."""
MOST_DIFFERING = 0.005
"""Share of pixels; 0.0005 at whole zooms, 0.003 between, where tiles are drawn at another scale."""

THE_MAP = 'window[JSON.parse(document.getElementById("page-data").textContent).map]'
DRAWN_AS_GEOJSON = f"""async (url) => {{
    const map = {THE_MAP};
    const {{ features }} = await (await fetch(url)).json();
    const own = {{ color: "#5b3a8c", weight: 2, fillColor: "#5b3a8c", fillOpacity: 0.18 }};
    const canvas = {{ pane: "own", renderer: L.canvas({{ pane: "own" }}), smoothFactor: 0 }};
    L.geoJSON(features, {{ ...canvas, interactive: false, style: own }}).addTo(map);
}}"""
PLACE_OF = f"""([lon, lat]) => {{
    const {{ x, y }} = {THE_MAP}.latLngToContainerPoint([lat, lon]);
    return [x, y];
}}"""


@pytest.fixture(scope="module")
def tiled_service(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return a service with a large collection, whose names are attacks, and basemaps of others."""
    store = tmp_path_factory.mktemp("tiled") / "zones.sqlite"
    shutil.copy(seeded_file, store)
    with running_service(store, online_basemaps="true") as base:
        upload(base)
        yield base


def upload(base: str) -> None:
    """Make the collections ``parcels`` (of polygons) and ``trees`` (a point in each of them)."""
    polygons = partition(COUNT, bends=8)
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
        for name, geometries in {
            "parcels": polygons,
            "trees": shapely.point_on_surface(polygons),
        }.items():
            client.post("/collections", json={"id": name, "title": name}).raise_for_status()
            client.post(
                f"/collections/{name}/imports",
                files={"file": (f"{name}.geojson", collection_of(geometries))},
                headers={"Prefer": "wait=60"},
            ).raise_for_status()


def collection_of(geometries: object) -> str:
    features = [
        {
            "type": "Feature",
            "id": f"地块/{number}",
            "geometry": json.loads(text),
            "properties": {"name": NAME, "number": number, "fid": "taken"},
        }
        for number, text in enumerate(shapely.to_geojson(geometries))
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def opened(visit: Visitor, base: str, view: str, *, on: str = "parcels") -> Visit:
    """Open the map at a view with a tiled collection and nothing else, and wait for its tiles."""
    begun = visit(base=base)
    begun.open(f"/map?lang=zh#on={on}&view={view}")
    settle(begun.page)
    return begun


def settle(page: Page) -> None:
    """Wait until every tile is there and has faded in."""
    page.wait_for_load_state("networkidle")
    expect(page.locator("canvas.leaflet-tile-loaded").first).to_be_attached()
    page.wait_for_timeout(600)


def picture(page: Page) -> bytes:
    """Return what the map shows, without names."""
    page.evaluate("document.querySelector('.labels').style.visibility = 'hidden'")
    return page.screenshot(clip={key: float(value) for key, value in SHOWN.items()})  # type: ignore[arg-type]  # a dict of the right keys


def drawn_as_geojson(page: Page, url: str) -> bytes:
    """Return the same picture with the layer's tiles replaced by its features as GeoJSON."""
    page.locator("input[data-layer='parcels']").uncheck()
    page.evaluate(DRAWN_AS_GEOJSON, url)
    page.wait_for_timeout(300)
    return picture(page)


@pytest.mark.parametrize("zoom", [14, 14.25, 15.75])
def test_tiles_look_as_the_features_do(
    visit: Visitor, browser: Browser, tiled_service: str, zoom: float
) -> None:
    lon, lat = MIDDLE
    page = opened(visit, tiled_service, f"{lat},{lon},{zoom}").page
    tiled = picture(page)
    as_geojson = drawn_as_geojson(page, "/collections/parcels/items?limit=10000")
    assert differing_share(browser, tiled, as_geojson) < MOST_DIFFERING
    assert commonest_colour(browser, tiled) == commonest_colour(browser, as_geojson)


def test_collection_of_thousands_is_asked_for_as_tiles_alone(
    visit: Visitor, tiled_service: str
) -> None:
    lon, lat = MIDDLE
    asked = opened(visit, tiled_service, f"{lat},{lon},14").requests
    assert any("/collections/parcels/tiles/WebMercatorQuad/13/" in url for url in asked)
    assert not any("/collections/parcels/items" in url for url in asked)


def test_small_collection_is_asked_for_as_geojson_alone(visit: Visitor) -> None:
    asked = visit()
    asked.open("/map?lang=zh")
    assert any("/collections/zones/items" in url for url in asked.requests)
    assert not any("/tiles/" in url for url in asked.requests)


def spot(page: Page, place: tuple[float, float]) -> dict[str, float]:
    """Return where on the map a place is."""
    x, y = page.evaluate(PLACE_OF, list(place))
    return {"x": x, "y": y}


def parcel_at(place: tuple[float, float]) -> int:
    """Return the number of the parcel that has the place."""
    (found,) = shapely.STRtree(partition(COUNT, bends=8)).query(
        shapely.Point(place), predicate="intersects"
    )
    return int(found)


def test_click_on_a_tile_tells_the_features_attributes_as_text(
    visit: Visitor, tiled_service: str
) -> None:
    lon, lat = MIDDLE
    page = opened(visit, tiled_service, f"{lat},{lon},15").page
    place = (lon + 0.001, lat + 0.001)
    page.locator(".folium-map").hover(position=spot(page, place))  # type: ignore[arg-type]  # a dict of x and y
    expect(page.locator(".leaflet-tooltip")).to_have_text(NAME)
    page.locator(".folium-map").click(position=spot(page, place))  # type: ignore[arg-type]  # a dict of x and y
    expect(page.locator(".attributes tr", has_text="number")).to_contain_text(str(parcel_at(place)))
    expect(page.locator(".attributes tr", has_text="name")).to_contain_text(NAME)
    expect(page.locator(".verdict, .placement").first).to_be_visible()
    assert page.evaluate("window.hacked") is None


def test_names_of_polygons_come_from_the_labels_in_the_tiles(
    visit: Visitor, tiled_service: str
) -> None:
    lon, lat = MIDDLE
    page = opened(visit, tiled_service, f"{lat},{lon},17").page
    label = page.locator(".label", has_text="onerror").first
    expect(label).to_have_text(NAME)
    assert page.evaluate("window.hacked") is None


def test_points_are_drawn_and_can_be_asked(visit: Visitor, tiled_service: str) -> None:
    lon, lat = MIDDLE
    page = opened(visit, tiled_service, f"{lat},{lon},16", on="trees").page
    number = parcel_at(MIDDLE)
    point = shapely.point_on_surface(partition(COUNT, bends=8)[number])
    page.locator(".folium-map").click(position=spot(page, (point.x, point.y)))  # type: ignore[arg-type]  # a dict of x and y
    expect(page.locator(".attributes tr", has_text="number")).to_contain_text(str(number))


def test_basemap_in_another_datum_moves_the_tiles_with_it(
    visit: Visitor, browser: Browser, tiled_service: str
) -> None:
    lon, lat = MIDDLE
    begun = visit(base=tiled_service, tile_servers=TILE_HOSTS_AMAP)
    page = begun.open(f"/map?lang=zh#on=parcels&view={lat},{lon},14.25&base=amap")
    settle(page)
    tiled = picture(page)
    url = "/collections/parcels/items?limit=10000"
    shifted = drawn_as_geojson(page, f"{url}&crs=gcj02")
    assert differing_share(browser, tiled, shifted) < MOST_DIFFERING
    page.evaluate(f"() => {{ {THE_MAP}.panBy([3, 0], {{animate: false}}); }}")
    assert differing_share(browser, tiled, picture(page)) > 10 * MOST_DIFFERING


def test_click_over_another_datum_finds_the_feature_of_the_same_ground(
    visit: Visitor, tiled_service: str
) -> None:
    lon, lat = MIDDLE
    begun = visit(base=tiled_service, tile_servers=TILE_HOSTS_AMAP)
    page = begun.open(f"/map?lang=zh#on=parcels&view={lat},{lon},15&base=amap")
    settle(page)
    moved_lon, moved_lat = map(float, wgs84_to_gcj02(*MIDDLE))
    page.locator(".folium-map").click(position=spot(page, (moved_lon, moved_lat)))  # type: ignore[arg-type]  # a dict of x and y
    expect(page.locator(".attributes tr", has_text="number")).to_contain_text(
        str(parcel_at(MIDDLE))
    )


def test_refused_tile_is_told_in_the_list_of_layers(visit: Visitor, tiled_service: str) -> None:
    begun = visit(base=tiled_service)
    begun.page.route("**/tiles/WebMercatorQuad/**", lambda route: route.fulfill(status=503))
    page = begun.open("/map?lang=zh#on=parcels&view=41.77,123.41,14")
    row = page.locator("label", has=page.locator("[data-layer='parcels']"))
    expect(row.locator(".layer-failed")).to_be_visible()
    begun.faults[:] = [fault for fault in begun.faults if "503" not in fault]


def test_the_history_of_many_features_shows_all_of_them(visit: Visitor, tiled_service: str) -> None:
    page = visit(base=tiled_service).page
    page.goto(f"{tiled_service}/collections/parcels/revisions?lang=zh")
    expect(page.locator("#map-after img.leaflet-tile-loaded").first).to_be_attached(timeout=30_000)
    expect(page.locator("#after-title")).to_contain_text("第 2 版")
