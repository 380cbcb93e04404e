"""The plan's own data on their way into an empty store."""

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from zones.errors import SeedError
from zones.model import Change, RevisionNote
from zones.plan.seed import SEED_COLLECTIONS, read_features, read_seed, seed_store
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore

_HAN = re.compile("[\u4e00-\u9fff]")
_WORD = re.compile("[A-Za-z_]+")


def test_seed_is_one_revision_of_all_collections(empty_store: SqlStore, seed_dir: Path) -> None:
    revision = seed_store(empty_store, seed_dir)
    assert revision is not None
    assert revision.number == empty_store.revision() == 1
    assert set(revision.collections) == {info.id for info in SEED_COLLECTIONS}
    assert [info.id for info in empty_store.collections()] == [i.id for i in SEED_COLLECTIONS]


def test_store_with_a_revision_is_left_alone(empty_store: SqlStore, seed_dir: Path) -> None:
    own = Change(SEED_COLLECTIONS[0].id, collection=SEED_COLLECTIONS[0])
    empty_store.apply([own], RevisionNote("staff", "first"))
    assert seed_store(empty_store, seed_dir) is None
    assert empty_store.revision() == 1


def test_processes_that_seed_at_once_make_one_revision(tmp_path: Path, seed_dir: Path) -> None:
    stores = [open_store(f"sqlite:///{tmp_path}/z.sqlite") for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda store: seed_store(store, seed_dir), stores))
    assert sorted(revision is None for revision in made) == [False, True, True]
    assert [store.revision() for store in stores] == [1, 1, 1]
    for store in stores:
        store.close()


def test_note_tells_what_the_seed_was_made_of(seeded_store: SqlStore) -> None:
    note = seeded_store.revisions()[0].note
    assert note.source_sha256 is not None
    assert len(note.source_sha256) == 64
    assert "规划" in note.why


def test_progress_rises_to_the_whole(empty_store: SqlStore, seed_dir: Path) -> None:
    told: list[tuple[str, float]] = []
    seed_store(empty_store, seed_dir, progress=lambda what, share: told.append((what, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert told[0][0] == "zones"
    assert told[-1] == ("stored", 1.0)


def test_every_collection_of_the_seed_takes_the_kind_it_has(seed_dir: Path) -> None:
    for change in read_seed(seed_dir):
        assert change.collection is not None
        assert change.collection.part_of_plan
        types = {f.geometry.geom_type for f in change.put if f.geometry is not None}
        kinds = {
            type_.removeprefix("Multi").replace("LineString", "Line").lower() for type_ in types
        }
        assert not change.collection.kinds or kinds <= change.collection.kinds


def test_sites_without_a_position_have_no_geometry(seed_dir: Path) -> None:
    sites = read_features(seed_dir, "sites")
    assert len(sites) == 224
    assert all((s.geometry is None) == (s.properties["accuracy_m"] is None) for s in sites)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"type": "FeatureCollection"}',
        b'{"features": [{"geometry": null, "properties": {}}]}',
        b'{"features": [{"id": 7, "geometry": null, "properties": {}}]}',
        b'{"features": [{"id": "a", "geometry": {"type": "Star"}, "properties": {}}]}',
        b'{"features": [{"id": "a", "geometry": {"type": "Polygon", "coordinates": [[[1, 2], '
        b'[3, 4]]]}, "properties": {}}]}',
    ],
)
def test_broken_file_is_a_seed_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "zones.geojson").write_bytes(content)
    with pytest.raises(SeedError) as caught:
        read_features(tmp_path, "zones")
    assert caught.value.params["path"] == "zones.geojson"


def test_missing_file_leaves_the_store_empty(
    empty_store: SqlStore, seed_dir: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(seed_dir, tmp_path / "seed")
    (copy / "basemap.geojson").unlink()
    with pytest.raises(SeedError):
        seed_store(empty_store, copy)
    assert empty_store.revision() == 0


def test_coordinates_are_kept_to_the_last_digit(seeded_store: SqlStore, seed_dir: Path) -> None:
    told = orjson.loads((seed_dir / "zones.geojson").read_bytes())["features"]
    for stored, raw in zip(seeded_store.features("zones"), told, strict=True):
        assert stored.geometry is not None
        kept = [list(pair) for pair in stored.geometry.exterior.coords]
        assert kept == raw["geometry"]["coordinates"][0]


def test_texts_in_chinese_name_no_property_by_its_code(seed_dir: Path) -> None:
    """What people read says 别名 and 精度, not ``aliases`` and ``accuracy_m``."""
    features = [feature for change in read_seed(seed_dir) for feature in change.put]
    names = {name for feature in features for name in feature.properties if "_" in name}
    documents = [orjson.loads(path.read_bytes()) for path in sorted(seed_dir.glob("*json"))]
    prose = [text for document in documents for text in _texts(document) if _HAN.search(text)]
    assert len(prose) > 1000
    assert [text for text in prose if {*names, "aliases"} & set(_WORD.findall(text))] == []


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
