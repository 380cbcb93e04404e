"""Two hundred damaged copies of a sound file of each format, read under the real locks."""

import io
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.amap_answers import amap, district
from tests.esri_answers import answer
from tests.esri_answers import feature as esri_feature
from tests.format_files import (
    boxes,
    by_gdal,
    dxf,
    flatgeobuf,
    geopackage,
    geoparquet,
    kml,
    placemark,
    zipped_geodatabase,
)
from tests.gtxt_files import Layout, file_of, parcels
from tests.mapgis_files import mapgis
from tests.mapinfo_files import mapinfo
from tests.mdb_files import DOUBLE, LONG, MEMO, OLE, TEXT, geodatabase, shape
from tests.paths import ROOT
from tests.source_files import (
    feature,
    geojson,
    point,
    polygon,
    shapefile,
    square,
    squares,
    write,
    zipped,
)
from tests.udbx_files import spatialite, udbx
from tests.vct_files import VCT, by_edges
from tests.workbooks import xls, xlsx
from tests.zones.formats.test_dwg import drawing
from tests.zones.formats.test_markup import TOPOLOGY
from tests.zones.formats.test_ovjsn import RING, item, ovjsn
from zones.errors import SourceError, ZonesError
from zones.formats.signatures import HEAD_BYTES
from zones.formats.supported_formats import MAPINFO_TABLES, format_in_zip, recognise
from zones.ingest.read_source import Reading, ReadRequest, SourceFile, request_as_json, take_in
from zones.ingest.run_import import ImportOptions, Limits, ingest
from zones.ingest.wire_features import features_from
from zones.model import Change, CollectionInfo, RevisionNote
from zones.sandbox.child_task import fault_from_json
from zones.sandbox.run_child import ChildCall, ChildResult, confined
from zones.source.file_findings import FormatName
from zones.store.sql.store import SqlStore

MUTANTS = 200
# Of drawings and maps, whose readers take long; that of drawings, in Rust, ends the process where
# memory is refused.
DRAWINGS, MOST_ENDED = 40, 1
SHEET = [["名称", "n", "经度", "纬度"], *(["甲", n, 123 + n / 10, 41.7] for n in range(1, 9))]
LIMITS = Limits(cpu_s=120, wall_s=240)


def sound_geojson() -> bytes:
    mixed = [feature(point(123.4, 41.7), fid=9, tags=["甲", {"n": None}]), feature(None, name="x")]
    return geojson([*squares(3), *mixed])


def sound_shapefile() -> bytes:
    hole = list(reversed([(x + 0.002, y + 0.002) for x, y in square(size=0.004)]))
    shapes = [polygon(square(), hole), polygon(square(1)), None, polygon(square(2))]
    rows = [("和平区", 1.5, "20260101"), ("", None, None), ("沈阳站", 7, "x"), ("b", 0, "")]
    fields = [("名称", "C", 20), ("n", "N", 8), ("day", "D", 8)]
    return zipped(shapefile(shapes, rows, fields=fields, encoding="gbk", code_page=0x4D))


def sound_database() -> bytes:
    columns = {"OBJECTID": LONG, "Shape": OLE, "名称": TEXT, "备注": MEMO, "n": DOUBLE}
    rows = [(at, shape(each), "甲", "注" * 900 * at, 0.5) for at, each in enumerate(boxes(3), 1)]
    return geodatabase({"地块": (columns, rows)}, wkt="")


def sound_answer() -> bytes:
    hole = shapely.box(123.402, 41.782, 123.404, 41.784)
    areas = [
        shapely.box(123.4, 41.78, 123.41, 41.79) - hole,
        shapely.box(123.42, 41.78, 123.43, 41.79),
    ]
    return answer([esri_feature(each, at) for at, each in enumerate(areas, start=1)])


def sound_points() -> bytes:
    rows = [f"{n},路灯,53300{n}.000,4626800.000,42.1" for n in range(1, 9)]
    return "\r\n".join(rows).encode("gbk")


def sound_table() -> bytes:
    rows = [f'"地块, {n}",{n},123.{n},41.7' for n in range(1, 9)]
    return "\r\n".join(["名称,n,经度,纬度", *rows]).encode("gbk")


def sound_vct() -> bytes:
    one, two = (
        shapely.box(4.1533e7, 4.6e6, 4.15331e7, 4.6001e6),
        shapely.box(4.15331e7, 4.6e6, 4.15332e7, 4.6001e6),
    )
    lines, areas = by_edges({1: one, 2: two})
    return VCT(lines=lines, polygons=areas, rows=["1,a,甲,1.5,20260101", "2,b,乙,2,"]).content()


def plots() -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(533000, 4626800, 533200, 4626950)])


def sound_drawing() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return drawing(Path(folder))


def sound_exchange_drawing() -> bytes:
    corners = [(533000, 4626800), (533200, 4626800), (533200, 4626950)]
    places = [part for x, y in corners for part in (10, x, 20, y)]
    plot = [0, "LWPOLYLINE", 5, "2F", 8, "界线", 90, 3, 70, 1, *places, 1001, "SOUTH", 1000, "甲"]
    text = [0, "TEXT", 8, "注记", 10, 533100, 20, 4626900, 40, 2.5, 1, "地块"]
    return dxf(plot, text, [0, "CIRCLE", 8, "界线", 10, 533100, 20, 4626900, 40, 20])


def sound_track() -> bytes:
    places = [shapely.Point(123.4, 41.78), shapely.Point(123.41, 41.78)]
    return by_gdal("GPX", "a.gpx", places, {"name": ["甲", "乙"]}, geometry_type="Point")["a.gpx"]


def outcomes_of(
    good: bytes, folder: Path, *, suffix: str, crs: str | None, count: int
) -> list[dict[str, Any]]:
    """Return what became of each mutant, all read in one confined process."""
    in_zip = format_in_zip("mapinfo") if Path(suffix).suffix in MAPINFO_TABLES else None
    found = in_zip or recognise(suffix, good[:HEAD_BYTES])
    request = {
        "read": request_as_json(ReadRequest(crs=crs), found),
        "count": count,
    }
    with write(folder, good, "good").open("rb") as source:
        answer = confined(
            ChildCall("tests.confined_jobs:read_mutants", request, found.driver, [ROOT]),
            source=source,
            taking=list,
            limits=LIMITS,
        )
        outcomes: list[dict[str, Any]] = answer.content["outcomes"]
        return outcomes


def told_again(outcome: dict[str, Any]) -> Callable[..., Reading]:
    """Return a stand-in for ``read_source`` that ends as the reading of the mutant did."""

    def read(
        path: Path, *, file_name: str, request: ReadRequest, limits: Limits, **_: Any
    ) -> Reading:
        if "died" in outcome:
            raise SourceError("import-crashed")
        if "fault" in outcome:
            raise fault_from_json(outcome["fault"])
        rows = io.BytesIO(bytes.fromhex(outcome["rows"]))
        features = features_from(rows, kinds=request.kinds, limits=limits)
        file = SourceFile(file_name, "0" * 64, 1)
        return take_in(ChildResult(outcome["answer"], features, "test"), file)

    return read


def end_of_import(store: SqlStore, path: Path, name: str) -> str:
    """Return the state in which the import ended, or the code of what it raised."""
    try:
        report = ingest(
            path,
            "any",
            store,
            file_name=name,
            options=ImportOptions(),
            limits=Limits(),
            who="test",
        )
    except ZonesError as fault:
        return fault.code if fault.text("zh").message else ""
    assert report.as_json("zh")["state"] == report.state
    return report.state


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "format_name", "good"),
    [
        ("a.geojson", "geojson", sound_geojson()),
        ("a.zip", "shapefile", sound_shapefile()),
        ("a.gpkg", "gpkg", geopackage({"a": (boxes(3), {"名称": ["甲", None, "乙"]})})),
        ("a.fgb", "flatgeobuf", flatgeobuf(boxes(3), {"名称": ["甲", None, "乙"]})),
        ("a.gdb.zip", "filegdb", zipped_geodatabase(boxes(2), {"名称": ["甲", "乙"]})),
        ("a.kml", "kml", kml(*(placemark(name) for name in ("甲", "乙", "丙")))),
        ("a.csv", "csv", sound_table()),
        ("a.xlsx", "excel", xlsx({"表": SHEET})),
        ("a.xls", "excel", xls({"表": SHEET})),
        ("a.dwg", "dwg", sound_drawing()),
        ("a.dxf", "dxf", sound_exchange_drawing()),
        ("a.parquet", "geoparquet", geoparquet(boxes(3), {"名称": ["甲", None, "乙"]})),
        ("a.wp", "mapgis", mapgis([plots(), plots()], {"名称": ["甲", "乙"]})),
        ("a.vct", "vct", sound_vct()),
        ("a.json", "esrijson", sound_answer()),
        ("a.dat", "cass", sound_points()),
        ("b.json", "amap", amap(district("123.40,41.78;123.41,41.78;123.41,41.79|1,2;3,4;5,7"))),
        ("a.txt", "gtxt", file_of(parcels(random.Random(7), 4), Layout())),  # noqa: S311 - the same each time
        ("a.ovjsn", "ovjsn", ovjsn(item(13, RING, shifted=1), item(8, RING), item(7, RING))),
        ("a.udbx", "udbx", udbx([(1, spatialite(plots()), "甲", 1, 1.5)])),
        ("a.mdb", "mdb", sound_database()),
        ("a.gml", "gml", by_gdal("GML", "a.gml", boxes(2), {"名称": ["甲", "乙"]})["a.gml"]),
        ("a.gpx", "gpx", sound_track()),
        ("a.topojson", "topojson", json.dumps(TOPOLOGY).encode()),
        ("a.mif", "mapinfo", mapinfo(boxes(2), {"名称": ["甲", "乙"]}, crs="EPSG:4490")),
        (
            "a.tab",
            "mapinfo",
            mapinfo(boxes(2), {"名称": ["甲", "乙"]}, name="a.tab", crs="EPSG:4490"),
        ),
    ],
)
def test_a_damaged_file_is_refused_rejected_or_stored_whole(
    empty_store: SqlStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    format_name: FormatName,
    good: bytes,
) -> None:
    made = Change("any", collection=CollectionInfo("any", "any", "any"))
    empty_store.apply([made], RevisionNote("test", "set up"))
    ends: Counter[str] = Counter()
    crs = {
        "csv": "CRS84",
        "excel": "CRS84",
        "cass": "EPSG:4550",
        "dwg": "EPSG:4550",
        "dxf": "EPSG:4550",
        "mapgis": "EPSG:4550",
        "mdb": "CRS84",
    }.get(format_name)
    count = DRAWINGS if format_name in ("dwg", "mapgis") else MUTANTS
    for outcome in outcomes_of(good, tmp_path, suffix=name, crs=crs, count=count):
        before = empty_store.revision()
        monkeypatch.setattr("zones.ingest.run_import.read_source", told_again(outcome))
        end = end_of_import(empty_store, tmp_path / "good", name)
        ends[end] += 1
        grown = empty_store.revision() - before
        assert grown in ((0, 1) if end == "applied" else (0,))
    assert ends.total() == count
    # The mutants would prove little if all ended alike.
    assert ends["applied"] > 0
    assert len(ends) > 2
    most = MOST_ENDED if format_name == "dwg" else 0
    assert ends["import-crashed"] <= most, f"{format_name}: {ends}"
