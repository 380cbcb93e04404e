"""Search by name, alias, code, pinyin and initials."""

import time

import pytest
from shapely import Point

from tests.toy import at, collection, feature
from zones.model import CollectionInfo, Feature
from zones.plan_text import Plan
from zones.search.find_by_name import LONGEST_QUERY, NameHit, NameIndex, build_name_index, folded
from zones.snapshot.model import Snapshot


@pytest.fixture(scope="module")
def index(seeded_snapshot: Snapshot) -> NameIndex:
    return seeded_snapshot.derived(build_name_index)


def _names(hits: list[NameHit]) -> list[str]:
    return [hit.name for hit in hits]


def _index(plan: Plan, *features: Feature) -> NameIndex:
    return build_name_index(Snapshot(1, {"c": collection("c", features)}, plan))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("长白", "长白岛高端商务商业集聚区"),
        ("changbai", "长白岛高端商务商业集聚区"),
        ("Changbai Island", "长白岛高端商务商业集聚区"),
        ("cbd", "长白岛高端商务商业集聚区"),
        ("南市", "南市场街道"),
        ("nsc", "南市场街道"),
        ("210102021", "长白街道"),
        ("罗士", "罗士圈公园"),
        ("砂山街道", "浑河湾街道"),
        ("浑河", "浑河"),
        ("hunhe", "浑河文体旅生态发展带"),
        ("zhonghualu", "中华路"),
        ("zhong hua lu", "中华路"),
        ("Ｋ１１", "K11"),
    ],
)
def test_query_finds_what_is_meant(index: NameIndex, query: str, name: str) -> None:
    assert name in _names(index.search(query))


def test_better_matches_come_first(plan: Plan) -> None:
    index = _index(
        plan,
        feature("initials", None, name="浑和"),
        feature("pinyin", None, name="红河谷"),
        feature("substring", None, name="A honghe"),
        feature("prefix", None, name="Honghe Park"),
        feature("exact", None, name="HONGHE"),
    )
    assert [h.fid for h in index.search("honghe")] == ["exact", "prefix", "substring", "pinyin"]
    assert [h.fid for h in index.search("hh")] == ["initials", "pinyin"]


def test_names_come_before_aliases_and_say_which_they_are(plan: Plan) -> None:
    index = _index(
        plan,
        feature("by-alias", None, name="浑河湾", aliases=["砂山", "砂山街道"]),
        feature("by-name", None, name="砂山"),
    )
    hits = index.search("砂山")
    assert [(h.fid, h.matched, h.text) for h in hits] == [
        ("by-name", "name", "砂山"),
        ("by-alias", "alias", "砂山"),
    ]


def test_feature_is_found_once_by_its_best_name(index: NameIndex) -> None:
    hits = index.search("changbai", limit=1000)
    assert len({(hit.collection, hit.fid) for hit in hits}) == len(hits)


def test_pinyin_is_met_from_the_start_of_a_syllable_only(plan: Plan) -> None:
    index = _index(plan, feature("a", None, name="南湖"))
    assert index.search("hu") != []
    assert index.search("nanh") != []
    assert index.search("anhu") == []


def test_english_is_met_from_the_start_of_a_word_only(plan: Plan) -> None:
    index = _index(plan, feature("a", None, name="浑河", name_en="Hun River"))
    assert [h.matched for h in index.search("river")] == ["name"]
    assert [h.matched for h in index.search("hun r")] == ["name"]
    assert index.search("iver") == []


@pytest.mark.parametrize("query", ["", "  ", "·", "“”", "%", "\n", "不存在的地方", "xyzzy"])
def test_query_without_a_match_finds_nothing(index: NameIndex, query: str) -> None:
    assert index.search(query) == []


@pytest.mark.parametrize("query", [".*", "[", "\\", "a\nb", "<script>", "长白%' OR 1=1"])
def test_query_is_never_a_pattern(index: NameIndex, query: str) -> None:
    assert all(folded(query) in folded(hit.text) for hit in index.search(query))


def test_endless_query_is_cut(index: NameIndex) -> None:
    assert index.search("长白" * 10_000) == []
    cut = "长白岛" + " " * (LONGEST_QUERY - 3)
    assert index.search(cut + "不存在") == index.search("长白岛")


def test_hit_has_a_place_if_the_feature_has_one(plan: Plan) -> None:
    index = _index(plan, feature("here", Point(at(1, 1))), feature("herein", None))
    here, nowhere = index.search("here")
    assert (here.lon, here.lat) == at(1, 1)
    assert (nowhere.lon, nowhere.lat) == (None, None)
    assert here.as_json()["id"] == "here"


def test_disputes_and_borders_are_not_found_by_the_names_they_bear(index: NameIndex) -> None:
    collections = {hit.collection for hit in index.search("铁路", limit=100)}
    assert collections.isdisjoint({"borders", "disputes"})


def test_limit_keeps_the_best(index: NameIndex) -> None:
    every = index.search("路", limit=1000)
    assert len(every) > 5
    assert index.search("路", limit=5) == every[:5]


def test_features_without_usable_names_are_passed_over(plan: Plan) -> None:
    odd = [Feature("1", None, {}), Feature("2", None, {"name": 5, "aliases": "x", "name_en": None})]
    assert _index(plan, *odd).search("5") == []


def test_names_of_an_untouched_collection_are_not_worked_out_again(plan: Plan) -> None:
    first = collection("first", [feature("f", None)])
    second = CollectionInfo("second", "second", "second")
    before = Snapshot(1, {"first": first}, plan)
    before.derived(build_name_index)
    after = Snapshot(2, {"first": first, "second": type(first)(second, 2, [])}, plan)
    again = after.derived(build_name_index)
    assert again._collections[0] is before.derived(build_name_index)._collections[0]


def test_search_of_the_seed_takes_milliseconds_at_most(index: NameIndex) -> None:
    index.search("warm")
    begun = time.perf_counter()
    for query in ("长白", "changbai", "cbd", "路", "a") * 4:
        index.search(query)
    assert (time.perf_counter() - begun) / 20 < 0.05


def test_place_known_only_to_within_a_circle_says_how_wide_it_is(plan: Plan) -> None:
    index = _index(
        plan,
        feature("f-1", Point(at(1, 1)), name="圆内地点", accuracy_m=400),
        feature("f-2", Point(at(1, 1)), name="圆点地点", accuracy_m=100),
    )
    told = [hit.as_json()["circle_m"] for hit in index.search("地点")]
    assert told == [400, None]
