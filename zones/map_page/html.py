"""The map page: Folium makes the frame, our own elements fill it, data come by address.

Nothing but values reaches this module: titles, addresses, signs, words. Values are written
into the page as HTML-escaped text or as one block of JSON in which ``<`` cannot occur; the
page's own scripts show them as text. No feature is in the page.
"""

import folium
from branca.element import Figure, MacroElement
from folium.template import Template

from zones.map_page.values import MapPage, json_block, page_data
from zones.messages import say

OFFLINE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
)
"""Of a page that is a file: it holds all that it shows, and reaches nothing outside."""


def render_map(page: MapPage) -> str:
    """Return the page as HTML, some 30 kB however many features there are."""
    figure = _PageFigure(page)
    plan_map = _PlanMap(page)
    figure.add_child(plan_map)
    plan_map.add_child(_Furniture(page))
    figure.html.add_child(_PageData(page, plan_map.get_name()))
    rendered: str = figure.render()
    return rendered


class _PageFigure(Figure):
    """The document. Folium's own has no language, and its script no nonce."""

    _template = Template("""<!DOCTYPE html>
<html lang="{{ 'en' if this.page.lang == 'en' else 'zh-CN' }}">
<head>
<title>{{ this.page.title|e }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
{% if this.page.offline -%}
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ this.policy|e }}">
<style>{{ this.page.assets.inline_styles }}</style>
<script>{{ this.page.assets.inline_scripts }}</script>
{%- endif %}
<link rel="icon" type="image/svg+xml" href="{{ this.page.assets.icon|e }}">
{% if this.page.assets.import_map -%}
<script type="importmap" nonce="{{ this.page.nonce|e }}">{{ this.import_map }}</script>
{%- endif %}
{{ this.header.render(**kwargs) }}
</head>
<body class="map-page" data-panel="half">
{{ this.page.header }}
<main class="stage" id="main">
<div class="map-frame">{{ this.html.render(**kwargs) }}</div>
{{ this.page.panels }}
</main>
<script nonce="{{ this.page.nonce|e }}">{{ this.script.render(**kwargs) }}</script>
{% if this.page.offline %}<script>{{ this.page.assets.inline_module }}</script>
{% endif -%}
{% for url in this.page.assets.modules %}<script type="module" src="{{ url|e }}"></script>
{% endfor -%}
</body>
</html>
""")

    policy = OFFLINE_POLICY

    def __init__(self, page: MapPage) -> None:
        super().__init__()
        self.page = page
        self.import_map = json_block({"imports": dict(page.assets.import_map)})


class _PlanMap(folium.Map):
    """The Leaflet map, without what Folium's template writes into the head.

    That is a viewport in which a reader cannot enlarge the page, inline styles and a script
    without nonce; our style sheet has the styles.
    """

    _template = Template("""
        {% macro html(this, kwargs) %}
            <div class="folium-map" id="{{ this.get_name() }}" tabindex="0" role="application"
                 aria-label="{{ this.label|e }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }},
                crs: L.CRS.{{ this.crs }},
                ...{{ this.options|tojavascript }}
            });
        {% endmacro %}
    """)

    def __init__(self, page: MapPage) -> None:
        west, south, east, north = page.bbox
        super().__init__(
            location=((south + north) / 2, (west + east) / 2),  # Folium takes latitude first
            zoom_start=12,
            tiles=None,
            zoom_control=False,
            min_zoom=9,
            max_zoom=19,
            zoom_snap=0.25,
            zoom_delta=0.5,
            wheel_px_per_zoom_level=120,
        )
        self._id = "page"
        self.label = say("map-map-label", page.lang).message
        self.default_js = [(f"script{n}", url) for n, url in enumerate(page.assets.scripts)]
        self.default_css = [(f"style{n}", url) for n, url in enumerate(page.assets.styles)]


class _Furniture(MacroElement):
    """Scale bar, zoom buttons, north arrow and the line that says what the data are."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            (function (map, words) {
                map.attributionControl.setPrefix(false).addAttribution(words.status);
                L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
                var north = L.control({ position: "topright" });
                north.onAdd = function () {
                    var sign = L.DomUtil.create("div", "north");
                    sign.setAttribute("role", "img");
                    sign.setAttribute("aria-label", words.north);
                    sign.innerHTML = '<svg width="16" height="20" viewBox="0 0 16 20">' +
                        '<path d="M8 1 L14 19 L8 14.5 Z" fill="#221f1b"/>' +
                        '<path d="M8 1 L2 19 L8 14.5 Z" fill="#fff" stroke="#221f1b"/></svg>';
                    sign.append(words.northLetter);
                    return sign;
                };
                north.addTo(map);
                L.control.zoom({
                    position: "topright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut
                }).addTo(map);
            })({{ this._parent.get_name() }}, {{ this.words|tojavascript }});
        {% endmacro %}
    """)

    def __init__(self, page: MapPage) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # folium has no types
        self._name = "Furniture"
        keys = ("north", "north-letter", "zoom-in", "zoom-out")
        # Folium writes the keys in camel case.
        words = {key.replace("-", "_"): say(f"map-{key}", page.lang).message for key in keys}
        self.words = {"status": page.status, **words}


class _PageData(MacroElement):
    """What the page's scripts read, as a block of JSON that the browser does not run."""

    _template = Template('<script type="application/json" id="page-data">{{ this.json }}</script>')

    def __init__(self, page: MapPage, map_name: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # folium has no types
        self._name = "PageData"
        self.json = json_block(page_data(page, map_name))

    def render(self, **kwargs: object) -> str:
        """Return the block itself; it has no parts in head or script."""
        rendered: str = self._template.render(this=self, kwargs=kwargs)
        return rendered
