"""Basemaps of others: offered only when asked for, each in its datum."""

from zones.map_page.basemaps import offered_basemaps


def test_no_basemap_of_others_is_offered_by_default() -> None:
    assert offered_basemaps("zh", tianditu_key="", online=False) == ()


def test_amap_is_in_gcj02_and_the_others_are_not() -> None:
    offered = offered_basemaps("zh", tianditu_key="k", online=True)
    assert {one.id: one.datum for one in offered} == {
        "tianditu": None,
        "amap": "gcj02",
        "osm": None,
    }


def test_every_basemap_names_all_hosts_of_its_tiles() -> None:
    for one in offered_basemaps("zh", tianditu_key="k", online=True):
        for layer in one.layers:
            hosts = {"/".join(layer.url.replace("{s}", s).split("/")[:3]) for s in layer.subdomains}
            assert hosts <= set(one.hosts)


def test_tianditu_tiles_are_web_mercator_and_carry_the_key() -> None:
    (tianditu,) = offered_basemaps("zh", tianditu_key="my-key", online=False)
    assert [layer.url.split("/")[3] for layer in tianditu.layers] == ["vec_w", "cva_w"]
    assert all(layer.url.endswith("&tk=my-key") for layer in tianditu.layers)
