"""A drawing as SVG: what browsers and editors of pictures read, and sheets are set with."""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.drawing.model import LINE_HEIGHT, CrowdShape, Drawing, Label, Shape, Style
from zones.drawing.text_width import DOWNWARDS_EM

FONTS: Final = "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','Microsoft YaHei',sans-serif"
_HATCH_PX: Final = 5.7
_BASELINE_EM: Final = 0.36
"""How far below the middle of a letter its baseline is."""


def svg_text(drawing: Drawing, *, decimals: int = 1, labels: bool = True) -> str:
    """Return the whole document; ``decimals`` are those of pixels."""
    width, height = drawing.viewport.width_px, drawing.viewport.height_px
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">',
        _hatches(drawing),
    ]
    if drawing.background:
        parts.append(f'<rect width="100%" height="100%" fill="{drawing.background}"/>')
    parts.extend(shape_svg(shape, decimals) for shape in drawing.shapes)
    if labels and drawing.labels:
        parts.append(f'<g text-anchor="middle" font-family={quoteattr(FONTS)}>')
        parts.extend(label_svg(label) for label in drawing.labels)
        parts.append("</g>")
    return "".join((*parts, "</svg>"))


def shape_svg(shape: Shape | CrowdShape, decimals: int = 1) -> str:
    """Return the elements that draw one shape."""
    style, geometry = shape.style, shape.geometry
    if shapely.get_dimensions(geometry) == 0:
        return "".join(_circle(point, style, decimals) for point in shapely.get_parts(geometry))
    path = path_data(geometry, decimals)
    if not path:
        return ""
    is_area = shapely.get_dimensions(geometry) > 1
    drawn = ""
    if style.hatch and is_area:
        hatch = f'fill="url(#hatch-{style.hatch[1:]})" opacity="{style.fill_opacity:g}"'
        drawn = f'<path d="{path}" {hatch}/>'
    # Areas of a crowd may overlap, and are wound alike.
    rule = "nonzero" if isinstance(shape, CrowdShape) else "evenodd"
    return f'<path d="{path}"{_paint(style, is_area=is_area, rule=rule)}/>{drawn}'


def path_data(geometry: BaseGeometry, decimals: int = 1) -> str:
    """Return the lines and rings of a geometry as a path's data; its points are left out."""
    parts = shapely.get_parts(geometry)
    if any(part.geom_type.startswith(("Multi", "Geometry")) for part in parts):
        return "".join(path_data(part, decimals) for part in parts)
    return "".join(_strokes(parts, decimals))


def _strokes(parts: Any, decimals: int) -> Iterator[str]:
    for part in parts:
        if part.geom_type == "Polygon":
            for ring in shapely.get_rings(part):
                yield f"M{_points(shapely.get_coordinates(ring)[:-1], decimals)}Z"
        elif part.geom_type in {"LineString", "LinearRing"}:
            yield f"M{_points(shapely.get_coordinates(part), decimals)}"


def _points(coordinates: Any, decimals: int) -> str:
    return " ".join(map(repr, np.round(coordinates, decimals).ravel().tolist())).replace(".0 ", " ")


def _circle(point: BaseGeometry, style: Style, decimals: int) -> str:
    if point.is_empty or point.geom_type != "Point":
        return ""
    x, y = round(point.x, decimals), round(point.y, decimals)
    return f'<circle cx="{x:g}" cy="{y:g}" r="{style.radius:g}"{_paint(style, is_area=True)}/>'


def _paint(style: Style, *, is_area: bool, rule: str = "evenodd") -> str:
    fill = style.fill if is_area and style.fill else "none"
    text = f' fill="{fill}"'
    if fill != "none":
        text += f' fill-rule="{rule}"'
        if style.fill_opacity < 1:
            text += f' fill-opacity="{style.fill_opacity:g}"'
    if not style.stroke or style.stroke_width <= 0:
        return text
    text += f' stroke="{style.stroke}" stroke-width="{style.stroke_width:.3g}"'
    text += f' stroke-linejoin="round" stroke-linecap="{style.cap}"'
    if style.stroke_opacity < 1:
        text += f' stroke-opacity="{style.stroke_opacity:g}"'
    if style.dash:
        text += f' stroke-dasharray="{" ".join(f"{part:.3g}" for part in style.dash)}"'
    return text


def _hatches(drawing: Drawing) -> str:
    colours = sorted({shape.style.hatch for shape in drawing.shapes if shape.style.hatch})
    if not colours:
        return ""
    size = _HATCH_PX * drawing.viewport.symbol_scale
    return f"<defs>{''.join(_hatch(colour, size) for colour in colours)}</defs>"


def _hatch(colour: str, size: float) -> str:
    return (
        f'<pattern id="hatch-{colour[1:]}" width="{size:g}" height="{size:g}" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path d="M0 0V{size:g}" stroke="{colour}" stroke-width="{size / 2.2:.3g}"/></pattern>'
    )


def label_svg(label: Label) -> str:
    """Return the element that writes one label, its halo under it."""
    style = label.style
    text = f'<text font-size="{style.size:g}" fill="{style.colour}"'
    if style.bold:
        text += ' font-weight="700"'
    if style.halo:
        width = style.size * 0.22
        text += f' stroke="{style.halo}" stroke-width="{width:.3g}" stroke-linejoin="round"'
        text += ' paint-order="stroke"'
    if style.spacing and not label.downwards:
        text += f' letter-spacing="{style.spacing:g}em"'
    if label.angle:
        text += f' transform="rotate({label.angle:.1f} {label.x:.1f} {label.y:.1f})"'
    return f"{text}>{''.join(_lines(label))}</text>"


def _lines(label: Label) -> Iterator[str]:
    style = label.style
    lines: Iterable[str] = label.text if label.downwards else label.text.split("\n")
    step = style.size * (DOWNWARDS_EM + style.spacing if label.downwards else LINE_HEIGHT)
    lines = list(lines)
    first = label.y + style.size * _BASELINE_EM - step * (len(lines) - 1) / 2
    # A space follows the last letter too, and would push the line off its middle.
    x = label.x + (0 if label.downwards else style.size * style.spacing / 2)
    for number, line in enumerate(lines):
        yield f'<tspan x="{x:.1f}" y="{first + number * step:.1f}">{escape(line)}</tspan>'
