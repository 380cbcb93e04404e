"""The options of ``zones locate``, with what its help says of them."""

from typing import Annotated, Literal

import typer

from zones.streams.answer_column_names import COLUMN_NAMES

Form = Literal["csv", "geojson", "arrow", "parquet"]

Place = Annotated[
    list[str],
    typer.Argument(
        metavar="X Y | FILE", help="一点的坐标，或文件（- 为标准输入）/ a point, or a file"
    ),
]
Output = Annotated[
    str, typer.Option("--output", "-o", help="结果，- 为标准输出 / - for standard output")
]
GivenCRS = Annotated[
    str | None, typer.Option(help="坐标系，缺省 CRS84 或文件自带 / EPSG:4550, gcj02, bd09 …")
]
AnswerColumns = Annotated[
    str | None, typer.Option(help=f"结果列 / columns: {','.join(COLUMN_NAMES)}")
]
Collections = Annotated[
    str, typer.Option(help="还要查找的集合，逗号分隔 / further collections of areas")
]
XColumn = Annotated[str | None, typer.Option(help="经度列 / column of longitude")]
YColumn = Annotated[str | None, typer.Option(help="纬度列 / column of latitude")]
GivenForm = Annotated[
    Form | None, typer.Option("--from", help="输入格式，缺省由后缀 / by default by the suffix")
]
WantedForm = Annotated[
    Form | None, typer.Option("--to", help="输出格式，缺省由后缀 / by default by the suffix")
]
Delimiter = Annotated[str | None, typer.Option(help="CSV 分隔符 / delimiter")]
Encoding = Annotated[str | None, typer.Option(help="utf-8 | gb18030")]
Layer = Annotated[str | None, typer.Option(help="文件内图层 / layer in the file")]
Processes = Annotated[
    int | None, typer.Option(min=1, help="进程数，缺省为全部核 / by default all cores")
]
Engine = Annotated[
    Literal["local", "spark"], typer.Option(help="本机或 Spark 集群 / here or on a cluster")
]
Master = Annotated[
    str | None, typer.Option(help="spark://host:7077 | yarn | k8s://https://… | local[4]")
]
Conf = Annotated[
    list[str] | None, typer.Option(help="Spark 配置，可多次 / KEY=VALUE for Spark, repeatable")
]
