"""The plan's own data on their way into an empty store: ten collections, one revision."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson
import shapely
from shapely.geometry import shape

from zones.errors import ConflictError, SeedError
from zones.model import Change, CollectionInfo, Feature, GeometryKind, Revision, RevisionNote
from zones.store.protocol import Store

Progress = Callable[[str, float], None]
"""Told what is being done and which share of the whole is done, 0 to 1."""

SEED_SOURCE: Final = "seed"
"""What the note of a revision that brings an edition of the plan's data calls its source."""

_POLYGON: frozenset[GeometryKind] = frozenset({"polygon"})
_LINE: frozenset[GeometryKind] = frozenset({"line"})
_POINT: frozenset[GeometryKind] = frozenset({"point"})

SEED_COLLECTIONS: tuple[CollectionInfo, ...] = (
    CollectionInfo(
        id="zones",
        title="六区",
        title_en="Six zones",
        description="规划的六个片区，按四至勾绘；第四、五区止于河岸。非官方界线。",
        description_en="The plan's six zones, drawn from their stated bounds; zones 4 and 5 end "
        "at the river banks. Not official boundaries.",
        kinds=_POLYGON,
        group="zones",
        part_of_plan=True,
        order=1,
    ),
    CollectionInfo(
        id="axes",
        title="两轴",
        title_en="Two axes",
        description="南京街、三好街两条发展轴，逐段注明实测、推定或示意。",
        description_en="The Nanjing Street and Sanhao Street axes; each part says whether it is "
        "traced, inferred or schematic.",
        kinds=_LINE,
        group="axes",
        part_of_plan=True,
        order=2,
    ),
    CollectionInfo(
        id="belts",
        title="一带",
        title_en="One belt",
        description="浑河发展带的走廊；规划未写宽度，走廊按所述规则画出。",
        description_en="The corridor of the Hun River belt; the plan gives no width, the rule "
        "of the corridor is stated with it.",
        kinds=_POLYGON,
        group="belts",
        part_of_plan=True,
        order=3,
    ),
    CollectionInfo(
        id="belt_lines",
        title="发展带线位",
        title_en="Lines of the belt",
        description="浑河中线、两岸水边线与北岸堤路。",
        description_en="Centre line, both water edges and the north dyke road of the Hun River.",
        kinds=_LINE,
        group="belts",
        part_of_plan=True,
        order=4,
    ),
    CollectionInfo(
        id="subdistricts",
        title="街道",
        title_en="Subdistricts",
        description="十个街道，铺满全区；规划把每个街道划入一个区。非官方界线。",
        description_en="The ten subdistricts, which tile the district; the plan puts each in one "
        "zone. Not official boundaries.",
        kinds=_POLYGON,
        group="subdistricts",
        part_of_plan=True,
        order=5,
    ),
    CollectionInfo(
        id="sites",
        title="规划项目与地点",
        title_en="Projects and places of the plan",
        description="规划提到的 224 处地点；没有可靠位置来源的不画点。",
        description_en="The 224 places that the plan names; those without a reliable position "
        "have no point.",
        kinds=_POINT,
        group="sites",
        part_of_plan=True,
        order=6,
    ),
    CollectionInfo(
        id="disputes",
        title="规划文本争议区",
        title_en="Areas the plan's text leaves in dispute",
        description="文本同时划给两个区、或没有划给任何区的地块，及其处理办法。",
        description_en="Land that the text gives to two zones or to none, and how it is resolved.",
        kinds=_POLYGON,
        group="evidence",
        part_of_plan=True,
        order=7,
    ),
    CollectionInfo(
        id="borders",
        title="边界线段",
        title_en="Border pieces",
        description="每段界线所循的线、方法与精度（米）。",
        description_en="For each piece of border the line it follows, the method, and its "
        "accuracy in metres.",
        kinds=_LINE,
        group="evidence",
        part_of_plan=True,
        order=8,
    ),
    CollectionInfo(
        id="district",
        title="和平区",
        title_en="Heping District",
        description="综合后的区界轮廓；法定界线未核。",
        description_en="Generalised outline of the district; the legal line was not verified.",
        kinds=_POLYGON,
        group="base",
        part_of_plan=True,
        order=9,
    ),
    CollectionInfo(
        id="basemap",
        title="底图要素",
        title_en="Base map",
        description="河流、相邻区与道路，仅供辨认方位。",
        description_en="River, neighbouring districts and streets, for orientation only.",
        group="base",
        part_of_plan=True,
        order=10,
    ),
)


def seed_store(
    store: Store, seed_dir: Path, *, progress: Progress | None = None
) -> Revision | None:
    """Put the plan into an empty store as revision 1, whole or not at all.

    Returns
    -------
    Revision or None
        None if the store has a revision already, or another process seeded it meanwhile.

    Raises
    ------
    SeedError
        If a file of the seed is missing or cannot be read.
    StoreError
        If the store cannot take the data.
    """
    if store.revision():
        return None
    changes = read_seed(seed_dir, progress=progress)
    note = RevisionNote(
        who="zones",
        why="初始规划数据 / the plan's own data",
        source_name=SEED_SOURCE,
        source_sha256=seed_fingerprint(seed_dir),
    )
    try:
        revision = store.apply(changes, note, expected=0)
    except ConflictError:
        return None
    _report(progress, "stored", 1.0)
    return revision


def read_seed(seed_dir: Path, *, progress: Progress | None = None) -> list[Change]:
    """Return the changes that make the collections of the seed, in their order.

    Raises
    ------
    SeedError
        If a file is missing, is not a FeatureCollection, or a feature lacks its id.
    """
    changes = []
    for i, info in enumerate(SEED_COLLECTIONS):
        changes.append(Change(info.id, put=read_features(seed_dir, info.id), collection=info))
        _report(progress, info.id, 0.9 * (i + 1) / len(SEED_COLLECTIONS))
    return changes


def read_features(seed_dir: Path, collection_id: str) -> list[Feature]:
    """Return the features of one file of the seed.

    Raises
    ------
    SeedError
        As ``read_seed``.
    """
    path = Path(seed_dir) / f"{collection_id}.geojson"
    try:
        return [_feature(members) for members in orjson.loads(path.read_bytes())["features"]]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as e:
        raise SeedError("seed-file-unreadable", path=path.name, fault=repr(e)) from e
    except shapely.errors.ShapelyError as e:
        raise SeedError("seed-file-unreadable", path=path.name, fault=repr(e)) from e


def _feature(members: Mapping[str, Any]) -> Feature:
    if not isinstance(members["id"], str):
        raise TypeError(f"id {members['id']!r} is not text")
    geometry = members["geometry"]
    return Feature(
        members["id"], None if geometry is None else shape(geometry), members["properties"]
    )


def seed_fingerprint(seed_dir: Path) -> str:
    """Return the SHA-256 over all files of the seed, in the order of their names."""
    whole = hashlib.sha256()
    for path in sorted(Path(seed_dir).glob("*json")):
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _report(progress: Progress | None, what: str, share: float) -> None:
    if progress is not None:
        progress(what, share)
