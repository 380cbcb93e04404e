"""Random features and random filters in CQL2 JSON, of what every implementation agrees on."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

Doc = Any

NUMBERS = st.integers(-4, 4) | st.sampled_from([0.5, 1.5, -2.5])
# No text is written as a number or a truth: what such texts are worth is each system's affair.
TEXTS = st.text("abA_%é中", max_size=4)
DATES = st.dates().map(lambda day: day.isoformat()) | st.sampled_from(["2020-02-29", "2021-01-01"])
CLOCKS = st.sampled_from(["00:00:00Z", "10:00:00Z", "10:00:00.5Z", "23:59:59Z"])
INSTANTS = st.builds(
    "{}T{}".format, st.sampled_from(["2020-01-01", "2020-01-02", "2020-12-31"]), CLOCKS
)

PROPERTIES = st.fixed_dictionaries(
    {
        "n": st.none() | NUMBERS,
        "m": st.none() | NUMBERS,
        "s": st.none() | TEXTS,
        "名称": st.none() | TEXTS,
        "b": st.none() | st.booleans(),
        "d": st.none() | DATES,
        "t": st.none() | INSTANTS,
        "end": st.none() | INSTANTS,
        "tags": st.none() | st.lists(TEXTS, max_size=3),
    }
)
PLACES = st.integers(0, 4)


@st.composite
def boxes(draw: st.DrawFn) -> list[int]:
    """Return west, south, east, north of a box with an area."""
    west, south = draw(PLACES), draw(PLACES)
    return [west, south, west + draw(st.integers(1, 3)), south + draw(st.integers(1, 3))]


def box_polygon(box: list[int]) -> Doc:
    """Return a box as a GeoJSON polygon."""
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


POLYGONS = boxes().map(box_polygon)
POINTS = st.builds(lambda x, y: {"type": "Point", "coordinates": [x, y]}, PLACES, PLACES)
LINES = st.lists(st.tuples(PLACES, PLACES), min_size=2, max_size=2, unique=True).map(
    lambda ends: {"type": "LineString", "coordinates": [list(end) for end in ends]}
)
GEOMETRIES = POLYGONS | POINTS | LINES


def op(name: Any, *args: Any) -> st.SearchStrategy[Doc]:
    """Return the documents of an operator with operands drawn from strategies."""
    ops = st.just(name) if isinstance(name, str) else name
    return st.builds(lambda op, *members: {"op": op, "args": list(members)}, ops, *args)


def prop(*names: str) -> st.SearchStrategy[Doc]:
    """Return references to one of these properties."""
    return st.sampled_from([{"property": name} for name in names])


def words(text: str) -> st.SearchStrategy[str]:
    """Return one of the words."""
    return st.sampled_from(text.split())


COMPARISON = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
NUMBER = prop("n", "m") | NUMBERS
ARITHMETIC = (
    NUMBER
    | op(st.sampled_from(["+", "-", "*"]), NUMBER, NUMBER)
    | op(st.sampled_from(["/", "%"]), NUMBER, st.sampled_from([2, -3, 0.5]))
)
TEXT = prop("s", "名称") | TEXTS
FOLDED = TEXT | op("accenti", TEXT)
PATTERNS = st.text("abA_%é中", max_size=4)
DATE = st.builds(lambda day: {"date": day}, DATES)
TIMESTAMP = st.builds(lambda moment: {"timestamp": moment}, INSTANTS)


def in_order(ends: tuple[Any, Any]) -> bool:
    """Return whether an interval does not end before it begins, which is refused."""
    if not all(isinstance(end, str) for end in ends):
        return True
    start, end = map(datetime.fromisoformat, ends)
    return start <= end


INTERVAL = (
    st.tuples(INSTANTS | prop("t"), INSTANTS | prop("end"))
    .filter(in_order)
    .map(lambda ends: {"interval": [*ends]})
)
OPEN_INTERVAL = st.builds(lambda start: {"interval": [start, ".."]}, INSTANTS) | st.builds(
    lambda end: {"interval": ["..", end]}, INSTANTS
)
TIME = prop("t", "end") | TIMESTAMP | INTERVAL | OPEN_INTERVAL
TEMPORAL = words(
    "t_after t_before t_contains t_disjoint t_during t_equals t_finishedBy t_finishes t_intersects "
    "t_meets t_metBy t_overlappedBy t_overlaps t_startedBy t_starts"
)
SHAPE = prop("geometry") | GEOMETRIES
SPATIAL = words(
    "s_intersects s_equals s_disjoint s_touches s_within s_overlaps s_crosses s_contains"
)
TAGS = st.lists(TEXTS, min_size=1, max_size=3)
LISTS = words("a_equals a_contains a_containedBy a_overlaps")

CONDITIONS = st.one_of(
    op(COMPARISON, ARITHMETIC, ARITHMETIC),
    op(COMPARISON, FOLDED, FOLDED),
    op(COMPARISON, prop("b"), st.booleans()),
    op(COMPARISON, prop("d"), DATE),
    op(COMPARISON, prop("t"), TIMESTAMP),
    op("like", FOLDED, PATTERNS),
    op("between", ARITHMETIC, NUMBERS, NUMBERS),
    op("between", prop("s"), TEXTS, TEXTS),
    op("in", NUMBER, st.lists(NUMBERS, min_size=1, max_size=3)),
    op("in", TEXT, st.lists(TEXTS, min_size=1, max_size=3)),
    op("isNull", prop("n", "s", "b", "tags", "geometry")),
    op(SPATIAL, SHAPE, SHAPE),
    op(TEMPORAL, TIME, TIME),
    op(LISTS, prop("tags"), TAGS),
    prop("b"),
    st.booleans(),
)
FILTERS = st.recursive(
    CONDITIONS,
    lambda inner: (
        op("not", inner)
        | st.builds(
            lambda name, members: {"op": name, "args": members},
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=3),
        )
    ),
    max_leaves=5,
)
FEATURES = st.lists(st.tuples(PROPERTIES, st.none() | GEOMETRIES), min_size=1, max_size=6)
