"""How a 国土 TXT is to be laid out, by the query of an export."""

from typing import Annotated

from fastapi import Depends, Query

from app.dependencies import text_of
from zones.export.export_options import CLOSINGS, ORDERS, ParcelLayout, parcel_layout


def requested_layout(
    order: Annotated[
        str | None,
        Query(description="仅 gtxt：坐标次序，缺省北在前 / gtxt only: which number comes first"),
        text_of("string", enum=list(ORDERS)),
    ] = None,
    closing: Annotated[
        str | None,
        Query(description="仅 gtxt：圈末是否重复首点 / gtxt only: repeat a ring's first point"),
        text_of("string", enum=list(CLOSINGS)),
    ] = None,
    fields: Annotated[
        str | None,
        Query(
            description="仅 gtxt：用作地块编号、名称、图幅号、用途、地类编码的属性，逗号分隔"
            " / gtxt only: properties for these places, separated by commas"
        ),
        text_of("string"),
    ] = None,
) -> ParcelLayout | None:
    """Return the layout that a query asks for; None if it says nothing of it."""
    return parcel_layout(order, closing, fields)


LayoutDep = Annotated[ParcelLayout | None, Depends(requested_layout)]
