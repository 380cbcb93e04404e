"""Points located in any collection of areas, as shapely answers."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from tests.toy import toy_snapshot
from tests.zones.snapshot.test_mapped_collection import mapped
from zones.errors import UnknownCollectionError
from zones.lookup.containing_features import MembersError, members_of, requested_members
from zones.lookup.containment_by_rtree import TreeCover
from zones.lookup.covers_in_file import make_covers
from zones.model import CollectionInfo, Feature
from zones.segment_files.derived_files import DerivedFiles
from zones.segment_files.segment_folder import Made, SegmentFolder
from zones.snapshot.collection import Collection

INFO = CollectionInfo("areas", "areas", "areas")


def collection(shapes: list[Any]) -> Collection:
    features = [Feature(f"a{i}", shape, {"name": f"甲{i}"}) for i, shape in enumerate(shapes)]
    return Collection(INFO, 1, features)


def areas(count: int, *, seed: int) -> list[Any]:
    """Return overlapping areas with gaps between: some with holes, some in several parts."""
    dice = np.random.default_rng(seed)
    size = 0.3 / np.sqrt(count)
    found = []
    for x, y in dice.uniform((123.3, 41.6), (123.5, 41.8), (count, 2)).tolist():
        outer = shapely.Point(x, y).buffer(size, quad_segs=3)
        kind = dice.integers(3)
        hole = shapely.Point(x, y).buffer(size / 2, quad_segs=2)
        second = shapely.box(x + 2 * size, y, x + 3 * size, y + size)
        found.append([outer, outer - hole, shapely.MultiPolygon([outer, second])][kind])
    return found


def probing(shapes: list[Any], count: int, *, seed: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return random places, and places on vertices and edges, or next to nothing beside them."""
    dice = np.random.default_rng(seed)
    vertices = shapely.get_coordinates(shapes)
    vertices = vertices[dice.integers(len(vertices), size=count // 4)]
    middles = (vertices[:-1] + vertices[1:]) / 2
    near = vertices + dice.choice([-1e-12, 0, 1e-12], vertices.shape)
    free = dice.uniform((123.25, 41.55), (123.55, 41.85), (count, 2))
    return np.concatenate([free, vertices, middles, near])


@pytest.mark.parametrize(
    ("count", "points"),
    [(6, 4_000), (300, 4_000), pytest.param(5_000, 200_000, marks=pytest.mark.slow)],
)
def test_members_are_those_that_shapely_finds(count: int, points: int) -> None:
    layer = collection(areas(count, seed=count))
    shapes = layer.geometries  # as published: the corners that a client was given are corners
    asked = probing(list(shapes), points, seed=1)
    members = members_of(layer)
    found = members.lookup(*asked.T)
    tree = shapely.STRtree(shapes)
    point, area = tree.query(shapely.points(asked), predicate="intersects")
    order = np.lexsort((area, point))
    assert found.members.tolist() == area[order].tolist()
    assert found.counts().tolist() == np.bincount(point, minlength=len(asked)).tolist()


def test_areas_in_a_segment_answer_as_those_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = [*areas(60, seed=1), None, shapely.Point(123.4, 41.7), shapely.Polygon()]
    bow_tie = shapely.Polygon([(123.3, 41.6), (123.5, 41.8), (123.5, 41.6), (123.3, 41.8)])
    layer = collection([*shapes, bow_tie])
    asked = np.concatenate([probing(areas(60, seed=1), 400, seed=2), [[np.nan, 41.7]]])
    mapped_members = members_of(mapped([*layer], tmp_path / "a"))
    assert isinstance(mapped_members.cover, TreeCover)
    expected = members_of(layer).at_many(*asked.T)
    assert mapped_members.at_many(*asked.T) == expected
    assert [mapped_members.at(*point) for point in asked[:300].tolist()] == expected[:300]
    monkeypatch.setattr("zones.lookup.containment_by_rtree._PREPARED", 1)
    monkeypatch.setattr("zones.lookup.containment_by_rtree.AT_ONCE", 100)
    assert mapped_members.at_many(*asked.T) == expected
    monkeypatch.setattr("zones.lookup.containment_by_rtree.COVER_PAYS", 0)
    monkeypatch.setattr("zones.lookup.containment_by_rtree._FEW", 0)
    assert mapped_members.at_many(*asked.T) == expected
    assert pickle.loads(pickle.dumps(mapped_members)).at_many(*asked.T) == expected  # noqa: S301 - our own pickle


@pytest.mark.slow
def test_covers_in_a_file_answer_as_the_areas_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zones.lookup.containment_by_rtree.COVER_PAYS", 0)
    monkeypatch.setattr("zones.lookup.containment_by_rtree._FEW", 0)
    monkeypatch.setattr("zones.lookup.covers_in_file.AREAS", 16)
    bow_tie = shapely.Polygon([(123.3, 41.6), (123.5, 41.8), (123.5, 41.6), (123.3, 41.8)])
    shapes = [*areas(60, seed=3), None, shapely.Point(123.4, 41.7), bow_tie]
    layer = collection(shapes)
    asked = np.concatenate([probing(areas(60, seed=3), 2_000, seed=2), [[np.nan, 41.7]]])
    expected = members_of(layer).at_many(*asked.T)
    folder, made = SegmentFolder(tmp_path, max_bytes=2**30), Made("areas", 1, "now")
    in_segment = mapped([*layer], tmp_path / "a", DerivedFiles(folder, made))
    members = members_of(in_segment)
    assert isinstance(members.cover, TreeCover)
    assert members.cover.wants_covers is None
    assert members.at_many(*asked.T) == expected
    assert members.cover.wants_covers is in_segment
    make_covers(in_segment)
    assert members.cover.wants_covers is None
    assert members.at_many(*asked.T) == expected
    assert len(members.cover._covers._parts) > 3  # type: ignore[union-attr]


def test_one_point_and_many_agree_and_tell_id_and_name() -> None:
    members = members_of(collection([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)]))
    assert [one.as_json() for one in members.at(1.5, 1.5)] == [
        {"id": "a0", "name": "甲0"},
        {"id": "a1", "name": "甲1"},
    ]
    assert members.at_many([1.5, 9.0, np.nan], [1.5, 9.0, 0.0]) == [members.at(1.5, 1.5), [], []]
    assert members.at(2, 1) == members.at(1.5, 1.5)  # on both borders


def test_what_is_no_area_holds_nothing() -> None:
    members = members_of(collection([shapely.Point(1, 1), None, shapely.box(0, 0, 2, 2)]))
    assert [one.fid for one in members.at(1, 1)] == ["a2"]


def test_a_collection_without_areas_is_refused() -> None:
    with pytest.raises(MembersError) as refused:
        members_of(collection([shapely.Point(1, 1), None]))
    assert refused.value.code == "members-no-areas"


def test_a_collection_is_made_ready_once_whatever_else_changes() -> None:
    snapshot = toy_snapshot()
    (first,) = requested_members(snapshot, ["zones", "zones"])
    (second,) = requested_members(snapshot, ["zones"])
    assert first is second
    with pytest.raises(UnknownCollectionError):
        requested_members(snapshot, ["nothing"])
    with pytest.raises(MembersError):
        requested_members(snapshot, [f"c{i}" for i in range(11)])
