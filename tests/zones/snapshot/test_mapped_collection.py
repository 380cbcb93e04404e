"""A collection in a segment answers what the same features answer in memory."""

import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.toy import at
from zones.cql2 import parse_filter, queryables
from zones.crs.transform import CRS
from zones.errors import UnknownFeatureError
from zones.model import BBox, CollectionInfo, Feature
from zones.segment_files.derived_files import DerivedFiles
from zones.segment_files.file_layout import SegmentFile
from zones.segment_files.segment_rows import SegmentRows
from zones.segment_files.write_segment import write_segment
from zones.snapshot.collection import Collection
from zones.snapshot.feature_memory_size import memory_of
from zones.snapshot.features_in_box import select_box
from zones.snapshot.mapped_collection import MappedCollection
from zones.snapshot.sort_features import SortKey, in_order

INFO = CollectionInfo("mixed", "混合", "Mixed")
FILTERS = (
    "kind = 'a'",
    "size > 3",
    "size IS NULL",
    "kind LIKE 'b%'",
    "S_INTERSECTS(geometry, BBOX(123.38, 41.76, 123.40, 41.78))",
    "S_WITHIN(geometry, POLYGON((123.37 41.74, 123.42 41.75, 123.39 41.80, 123.37 41.74)))",
    "S_DISJOINT(geometry, BBOX(123.38, 41.76, 123.40, 41.78)) AND kind <> 'a'",
    "S_TOUCHES(geometry, geometry) OR id = 'f3'",
    "A_CONTAINS(tags, ('x'))",
)


def geometry_of(number: int, random: np.random.Generator) -> Any:
    """Return a geometry of any kind, or none, at a random place."""
    x, y = random.integers(0, 5, 2).tolist() + random.choice([0.0, 0.123456789], 2)
    square = shapely.box(*at(x, y), *at(x + 1, y + 1))
    hole = shapely.box(*at(x + 0.25, y + 0.25), *at(x + 0.5, y + 0.5))
    made = (
        square,
        shapely.difference(square, hole),
        shapely.MultiPolygon([square, shapely.box(*at(x + 2, y), *at(x + 3, y + 1))]),
        shapely.Point(at(x, y)),
        shapely.LineString([at(x, y), at(x + 3, y + 2)]),
        shapely.GeometryCollection([shapely.Point(at(x, y)), square]),
        shapely.Polygon(),
        None,
    )
    return made[number % len(made)]


def feature_of(number: int, *, seed: int = 0) -> Feature:
    """Return a feature whose geometry and properties differ in all ways that there are."""
    random = np.random.default_rng([number, seed])
    properties: dict[str, Any] = {"kind": "abc"[int(random.integers(3))] * 2, "size": number % 7}
    if number % 3 == 0:
        properties |= {"size": None, "名称": f'引号"\\{number}', "tags": ["x", 1]}
    if number % 5 == 0:
        properties = {"nested": {"deep": [1.5, {"n": None}]}, "whole": 2**60 + number}
    return Feature(f"f{number}", geometry_of(int(random.integers(8)), random), properties)


def features_of(count: int) -> list[Feature]:
    return [feature_of(number) for number in range(count)]


def mapped(
    features: Sequence[Feature], path: Path, derived: DerivedFiles | None = None
) -> MappedCollection:
    with path.open("wb") as file:
        write_segment(file, features, {})
    rows = SegmentRows(SegmentFile(path), lambda begin, end: features[begin:end], derived)
    return MappedCollection(INFO, 1, rows)


def assert_same(ours: Collection, memory: Collection) -> None:
    """Compare all that can be asked of a collection."""
    every = range(len(memory))
    assert len(ours) == len(memory)
    assert [*ours.fids] == [*memory.fids] == [ours.fids[i] for i in every]
    assert [*ours.properties] == [*memory.properties] == [ours.properties[i] for i in every]
    assert [(f.fid, f.properties) for f in ours] == [(f.fid, f.properties) for f in memory]
    assert_equal_geometries([f.geometry for f in ours], [f.geometry for f in memory])
    assert_equal_geometries(np.asarray(ours.geometries), memory.geometries)
    assert_equal_geometries([ours.geometries[i] for i in every], memory.geometries)
    assert np.array_equal(ours.kinds, memory.kinds)
    assert np.array_equal(ours.bounds, memory.bounds, equal_nan=True)
    assert np.array_equal(ours.vertex_counts, memory.vertex_counts)
    assert ours.extent == memory.extent
    assert [ours.index_of(fid) for fid in memory.fids] == [*every]
    assert ours.names == memory.names
    for name in (*memory.names, "none"):
        assert ours.values(name) == memory.values(name)
    for crs in (CRS.CRS84, CRS.EPSG_4490, CRS.EPSG_4550, CRS.GCJ02):
        assert ours.features_json(every, crs) == memory.features_json(every, crs)
    assert ours.features_json([*every][::-2]) == memory.features_json([*every][::-2])
    keys = [SortKey("kind"), SortKey("size", descending=True), SortKey("id")]
    order = [in_order(each, np.arange(len(memory)), keys) for each in (ours, memory)]
    assert order[0].tolist() == order[1].tolist()
    assert_same_places(ours, memory)


def assert_same_places(ours: Collection, memory: Collection) -> None:
    """Compare boxes and filters."""
    for west, south, east, north in ((0, 0, 1, 1), (-9, -9, 9, 9), (2, 2, 2, 2), (1.1, 0, 1.1, 4)):
        box = BBox(*at(west, south), *at(east, north))
        assert ours.select(box).tolist() == memory.select(box).tolist()
    box = (531_500.0, 4_624_500.0, 534_000.0, 4_627_000.0)
    metres = [select_box(each, box, CRS.EPSG_4550).tolist() for each in (ours, memory)]
    assert metres[0] == metres[1]
    if {"kind", "size", "tags"} <= {*memory.names}:
        for text in FILTERS:
            chosen = parse_filter(text)
            assert chosen.mask(ours).tolist() == chosen.mask(memory).tolist(), text
    assert queryables(ours) == queryables(memory)


def assert_equal_geometries(ours: Any, memory: Any) -> None:
    assert [shapely.to_wkb(one) for one in ours] == [shapely.to_wkb(one) for one in memory]


@pytest.mark.parametrize("count", [0, 1, 60])
def test_answers_are_those_of_the_same_features_in_memory(count: int, tmp_path: Path) -> None:
    features = features_of(count)
    assert_same(mapped(features, tmp_path / "a"), Collection(INFO, 1, features))


EDITS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 30), max_size=4, unique=True),  # put
        st.lists(st.integers(0, 30), max_size=3, unique=True),  # removed
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_changes_over_a_segment_are_those_in_memory(
    edits: list[tuple[list[int], list[int]]], tmp_path: Path
) -> None:
    features = features_of(20)
    ours: Collection = mapped(features, tmp_path / "a")
    memory = Collection(INFO, 1, features)
    for revision, (put, remove) in enumerate(edits, start=2):
        ours.features_json(range(len(ours)), CRS.GCJ02)  # which the next one takes over
        made = [feature_of(number, seed=revision) for number in put]
        gone = [f"f{number}" for number in remove]
        ours = ours.with_delta(made, gone, revision=revision)
        memory = memory.with_delta(made, gone, revision=revision)
        assert ours.revision == memory.revision == revision
    assert_same(ours, memory)


def test_collection_is_pickled_with_all_its_features(tmp_path: Path) -> None:
    features = features_of(10)
    copied = pickle.loads(pickle.dumps(mapped(features, tmp_path / "a")))  # noqa: S301 - our own
    assert_same(copied, Collection(INFO, 1, features))


def test_unknown_feature_is_told(tmp_path: Path) -> None:
    ours = mapped(features_of(3), tmp_path / "a").with_delta(remove=["f1"], revision=2)
    assert "f1" not in ours
    with pytest.raises(UnknownFeatureError):
        ours.index_of("f1")
    with pytest.raises(UnknownFeatureError):
        ours.feature("\ud800")


def test_texts_are_json_with_the_features_as_they_are(tmp_path: Path) -> None:
    ours = mapped(features_of(10), tmp_path / "a")
    told = [json.loads(text) for text in ours.features_json(range(10))]
    assert [each["properties"] for each in told] == [*ours.properties]


def test_mapped_rows_count_little_memory(tmp_path: Path) -> None:
    features = features_of(60)
    assert memory_of(mapped(features, tmp_path / "a")) * 10 < memory_of(
        Collection(INFO, 1, features)
    )
