"""The order for a sheet as its query parameters say it."""

import unicodedata
from enum import Enum
from typing import TypeVar

from starlette.datastructures import QueryParams

from app.http import parameters
from app.http.fault_status import RequestError
from app.openapi.document import query_parameter
from zones.messages import Lang
from zones.printing.sheet_options import (
    HIGHEST_DPI,
    HIGHEST_SCALE,
    LOWEST_DPI,
    LOWEST_SCALE,
    AppendixTable,
    Form,
    Grid,
    Look,
    SheetOrder,
    Size,
)

E = TypeVar("E", bound=Enum)

ORIENTATIONS = ("auto", "landscape", "portrait")
MOST_COLLECTIONS = 60
SHEET_PARAMETERS = [
    query_parameter(
        "f",
        "string",
        "格式，缺省 pdf；geo 为带坐标的 PNG（zip）/ form",
        enum=[f.value for f in Form],
    ),
    query_parameter(
        "size", "string", "纸张，缺省 a3 / paper", enum=[size.name.lower() for size in Size]
    ),
    query_parameter("orientation", "string", "方向，缺省自动 / orientation", enum=[*ORIENTATIONS]),
    query_parameter("collections", "string", "集合，逗号分隔 / collections"),
    query_parameter("element", "string", "要素标识，或 all 为图集 / an element's id, or all"),
    query_parameter("bbox", "string", "西,南,东,北 / west,south,east,north"),
    query_parameter("scale", "string", "比例尺分母，如 50000 / the n of 1:n"),
    query_parameter("title", "string", "图名 / title"),
    query_parameter("grid", "string", "格网，缺省 metres / grid", enum=[g.value for g in Grid]),
    query_parameter("look", "string", "色彩 / colours", enum=[look.value for look in Look]),
    query_parameter(
        "tables", "string", "附表，逗号分隔：figures,sites,conflicts / tables that follow"
    ),
    query_parameter("dpi", "integer", "图片分辨率，缺省 150 / dots an inch of pictures"),
    query_parameter("lang", "string", "语言 / language", enum=["zh", "en"]),
    query_parameter("revision", "integer", "修订版 / as of this revision"),
]
KNOWN = frozenset(str(parameter["name"]) for parameter in SHEET_PARAMETERS)


def sheet_order(query: QueryParams, lang: Lang) -> SheetOrder:
    """Return the order.

    Raises
    ------
    RequestError
        Naming the parameter that cannot be used, and what can.
    """
    orientation = parameters.choice(
        query.get("orientation", "auto"), "orientation", choices=ORIENTATIONS
    )
    sizes = {size.name.lower(): size for size in Size}
    size = parameters.choice(query.get("size", "a3").lower(), "size", choices=tuple(sizes))
    return SheetOrder(
        form=_one(Form, query.get("f", "pdf"), "f"),
        size=sizes[size],
        landscape={"landscape": True, "portrait": False}.get(orientation),
        collections=_collections(query.get("collections")),
        element=query.get("element") or None,
        bbox=parameters.degrees_bbox(query.get("bbox")),
        scale=_scale(query.get("scale")),
        title=_title(query.get("title")),
        lang=lang,
        look=_one(Look, query.get("look", "colour"), "look"),
        grid=_one(Grid, query.get("grid", "metres"), "grid"),
        tables=tuple(
            dict.fromkeys(
                _one(AppendixTable, each, "tables") for each in _listed(query.get("tables"))
            )
        ),
        dpi=parameters.whole_number(
            query.get("dpi", "150"), "dpi", low=LOWEST_DPI, high=HIGHEST_DPI
        ),
    )


def _one(kind: type[E], text: str, name: str) -> E:
    choices = tuple(str(each.value) for each in kind)
    return kind(parameters.choice(text, name, choices=choices))


def _listed(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _collections(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    listed = tuple(dict.fromkeys(_listed(text)))
    if len(listed) > MOST_COLLECTIONS:
        raise RequestError("print-collections", loc=("query", "collections"), most=MOST_COLLECTIONS)
    return listed


def _scale(text: str | None) -> int | None:
    """Return the n of 1:n; people write the 1 too, and group the figures."""
    if text is None or text == "auto":
        return None
    plain = text.strip().removeprefix("1:").removeprefix("1：").replace(" ", "").replace(",", "")
    return parameters.whole_number(plain, "scale", low=LOWEST_SCALE, high=HIGHEST_SCALE)


def _title(text: str | None) -> str | None:
    """Return the title, which is one line; letters that control terminals are no part of one."""
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in text or ""):
        raise RequestError("print-title-letters", loc=("query", "title"))
    return " ".join((text or "").split()) or None
