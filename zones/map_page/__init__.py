"""Show: the map page's frame (Folium), its layers, styles and basemaps, and small SVG sketches.

Start at ``html.py``. Data reach the page by address, never as freight. May import
``zones.tiles`` and ``zones.snapshot`` and what is below them.
"""
