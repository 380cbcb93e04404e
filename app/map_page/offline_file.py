"""The map as one file: it opens from a USB stick, in a browser without a network."""

import base64
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from app.map_page.script_bundle import bundled_module, bundled_styles, classic_scripts
from app.pages.assets import OWN_DIR, Assets
from app.pages.frame import TEMPLATES
from zones.drawing.visible_features import elements_drawn, superseded
from zones.map_page.layer_list import (
    layer_groups,
    map_elements,
    opening_bbox,
    place_names,
    status_word,
)
from zones.map_page.offline_values import OfflineData, offline_data
from zones.map_page.values import MapPage, PageAssets
from zones.messages import Lang, say
from zones.snapshot.model import Snapshot

URLS: Final = {name: f"/{name}" for name in ("locate", "plan", "areas", "search")}
"""What the page's scripts ask at; nothing is there, they find the answers in the page."""


def offline_map(
    snapshot: Snapshot,
    assets: Assets,
    packages_dir: Path,
    *,
    lang: Lang,
    visible: Collection[str] | None = None,
) -> str:
    """Return the map page with all that it shows in it, as HTML.

    Parameters
    ----------
    visible
        Ids of the collections to show at first; by default as on the map page.

    Raises
    ------
    UnknownCollectionError
        If ``visible`` names a collection that does not exist.
    MissingProgramError
        If the map's npm packages are not installed.
    """
    from zones.map_page.html import render_map

    data = _data(snapshot, lang, visible)
    status = status_word(snapshot)
    return render_map(
        MapPage(
            title=say("map-title", lang).message,
            lang=lang,
            nonce="",
            revision=snapshot.revision,
            bbox=opening_bbox(snapshot, visible),
            groups=data.groups,
            elements=map_elements(snapshot, lang),
            names=place_names(snapshot, lang),
            urls=URLS,
            assets=_inline_assets(packages_dir, assets.version),
            status=say(status, lang).message,
            not_drawn=superseded(snapshot),
            element_of=elements_drawn(snapshot),
            header=_header(snapshot, data, lang),
            panels=_filled("map_panels.html", lang, status=status),
            offline=data.as_json(),
        )
    )


def _data(snapshot: Snapshot, lang: Lang, visible: Collection[str] | None) -> OfflineData:
    layers = layer_groups(
        snapshot,
        lambda id_: f"/collections/{quote(id_)}/items",
        lambda id_: f"/collections/{quote(id_)}/tiles",
        lang=lang,
        visible=visible,
    )
    return offline_data(snapshot, layers, URLS, lang)


def _inline_assets(packages_dir: Path, version: str) -> PageAssets:
    return PageAssets(
        scripts=(),
        modules=(),
        styles=(),
        icon=_icon(),
        inline_styles=bundled_styles(packages_dir, version),
        inline_scripts=classic_scripts(packages_dir),
        inline_module=bundled_module(packages_dir, version),
    )


def _icon() -> str:
    picture = OWN_DIR.joinpath("img", "icon.svg").read_bytes()
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"


def _header(snapshot: Snapshot, data: OfflineData, lang: Lang) -> str:
    return _filled(
        "_header_offline.html",
        lang,
        icon=_icon(),
        revision=snapshot.revision,
        date=datetime.now(UTC).astimezone().date().isoformat(),
        left_out=("、" if lang == "zh" else ", ").join(data.left_out),
    )


def _filled(template: str, lang: Lang, **context: object) -> str:
    def word(code: str, **values: object) -> str:
        return say(code, lang, **values).message

    return TEMPLATES.get_template(template).render(lang=lang, word=word, offline=True, **context)
