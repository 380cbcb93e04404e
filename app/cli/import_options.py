"""The options of ``zones import``, with what its help says of them."""

from pathlib import Path
from typing import Annotated

import typer

from zones.ingest.diff_with_stored import ImportMode
from zones.ingest.import_options import Match
from zones.source.reading_choices import LEAST_MAP_SCALE, MOST_MAP_SCALE, Angles

ImportedFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="文件 / file")]
Target = Annotated[str, typer.Option(help="目标集合 / collection")]
CRS = Annotated[str | None, typer.Option(help="EPSG:4550, gcj02, bd09 …")]
Datum = Annotated[str | None, typer.Option(help="gcj02 | bd09 | none")]
HowAngles = Annotated[
    Angles | None,
    typer.Option(help="度数写法：dms（ddd.mmssss）| decimal / how degrees are written"),
]
MapScale = Annotated[
    float | None,
    typer.Option(
        min=LEAST_MAP_SCALE,
        max=MOST_MAP_SCALE,
        help="图件比例尺分母，如 500（图上毫米→米）/ scale of a map in millimetres",
    ),
]
Encoding = Annotated[str | None, typer.Option(help="utf-8 | gb18030 …")]
Layers = Annotated[
    list[str] | None,
    typer.Option(help="文件内图层，可重复，* 为全部 / layer, repeatable, * for all"),
]
Mode = Annotated[ImportMode, typer.Option(help="导入方式 / how")]
Key = Annotated[str | None, typer.Option(help="主键字段 / key field")]
HowMatched = Annotated[Match, typer.Option(help="content：按内容和位置对应 / by content and place")]
Repair = Annotated[bool, typer.Option(help="修复几何 / repair geometry")]
DryRun = Annotated[bool, typer.Option(help="只检查 / check only")]
AllowEmpty = Annotated[bool, typer.Option(help="允许清空集合 / allow an empty collection")]
MappingFile = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="字段映射 JSON / field mapping, JSON"),
]
SaveMapping = Annotated[bool, typer.Option(help="保存字段映射 / keep the mapping for next time")]
AsBefore = Annotated[bool, typer.Option(help="字段映射同上次 / map the fields as last time")]
Create = Annotated[bool, typer.Option(help="新建集合 / make the collection")]
Title = Annotated[str, typer.Option(help="集合名称 / title of the collection")]
TitleField = Annotated[str, typer.Option(help="要素名称所在字段 / field that names the features")]
Official = Annotated[bool, typer.Option(help="官方界线 / the file holds official boundaries")]
Accuracy = Annotated[
    float | None,
    typer.Option(min=0.001, help="文件未写明时的精度（米）/ accuracy that the file lacks"),
]
Note = Annotated[str, typer.Option(help="说明 / why")]
EachLayer = Annotated[
    bool,
    typer.Option(
        help="每个图层（文件）各成一个集合，--collection 为标识的前缀"
        " / a collection for each layer, --collection begins their ids"
    ),
]
