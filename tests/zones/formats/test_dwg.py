"""DWG drawings, written by ezdwg."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezdwg
import pytest
import shapely

from tests.imports import imported_by_child, with_collections
from tests.opened_sources import Read, read
from zones.errors import SourceError
from zones.formats.dwg.header import foreign_entities
from zones.formats.supported_formats import recognise
from zones.store.sql.store import SqlStore

PLOT = [(533000.0, 4626800.0), (533200.0, 4626800.0), (533200.0, 4626950.0), (533000.0, 4626800.0)]


def drawing(folder: Path, *, unit: int = 0, scale: float = 1) -> bytes:
    """Return a drawing with a plot, a circle and, on a frozen layer, a text."""
    made: Any = ezdwg.new()
    made.header["insunits"] = unit
    made.layers["界线"] = {"color_index": 1}
    made.layers["旧"] = {"color_index": 1, "frozen": True}
    space = made.modelspace()
    space.add_lwpolyline([(x * scale, y * scale) for x, y in PLOT], layer="界线")
    space.add_circle((PLOT[0][0] * scale, PLOT[0][1] * scale), 20 * scale, layer="界线")
    space.add_text("甲", (PLOT[0][0] * scale, PLOT[0][1] * scale), layer="旧")
    made.save(str(folder / "a.dwg"))
    return (folder / "a.dwg").read_bytes()


def read_drawing(folder: Path, content: bytes, **request: Any) -> Read:
    return read(folder, content, "dwg", **{"crs": "EPSG:4550", **request})


def wkb_near(found: Read, wanted: Read) -> bool:
    pairs = zip(found.rows, wanted.rows, strict=True)
    return all(
        shapely.from_wkb(one["wkb"]).equals_exact(shapely.from_wkb(other["wkb"]), 1e-9)
        for one, other in pairs
    )


def test_what_is_shown_is_read_and_what_is_frozen_told(tmp_path: Path) -> None:
    found = read_drawing(tmp_path, drawing(tmp_path))
    assert [row["properties"]["Type"] for row in found.rows] == ["LWPOLYLINE", "CIRCLE"]
    assert {row["properties"]["Layer"] for row in found.rows} == {"界线"}
    hidden = next(problem for problem in found.problems if problem.code == "dwg-hidden")
    assert hidden.params == {"count": 1, "layers": "旧"}
    assert found.codes[0] == "dwg-trial"


def test_entities_of_other_programs_are_counted_by_class(tmp_path: Path) -> None:
    path = tmp_path / "b.dwg"
    path.write_bytes(drawing(tmp_path))
    objects = ezdwg.raw.list_object_headers_with_type(str(path))
    assert foreign_entities(objects) == {}  # though it has objects of classes of its own
    assert any(number >= 500 for *_, number, _, _ in objects)
    wall, proxy = (9, 0, 0, 501, "TCH_WALL", "E"), (8, 0, 0, 498, "ACAD_PROXY_ENTITY", "E")
    assert foreign_entities([*objects, wall, wall, proxy]) == {
        "TCH_WALL": 2,
        "ACAD_PROXY_ENTITY": 1,
    }


def test_a_frozen_layer_is_read_where_it_is_named(tmp_path: Path) -> None:
    found = read_drawing(tmp_path, drawing(tmp_path), layer="旧")
    assert [row["properties"]["Text"] for row in found.rows] == ["甲"]
    with pytest.raises(SourceError) as caught:
        read_drawing(tmp_path, drawing(tmp_path), layer="无")
    assert caught.value.code == "layer-unknown"


def test_millimetres_become_metres(tmp_path: Path) -> None:
    metres = read_drawing(tmp_path, drawing(tmp_path, unit=6))
    millimetres = read_drawing(tmp_path, drawing(tmp_path, unit=4, scale=1000))
    assert "dwg-units" in millimetres.codes
    assert wkb_near(millimetres, metres)


def test_a_unit_that_the_coordinates_deny_is_not_used(tmp_path: Path) -> None:
    found = read_drawing(tmp_path, drawing(tmp_path, unit=4))
    assert "dwg-units-denied" in found.codes
    assert wkb_near(found, read_drawing(tmp_path, drawing(tmp_path, unit=6)))


def test_a_curve_is_within_a_millimetre(tmp_path: Path) -> None:
    found = read_drawing(tmp_path, drawing(tmp_path), kinds=["polygon"])
    circle = shapely.from_wkb(found.rows[1]["wkb"]) if found.rows else None
    assert found.errors == 0
    assert circle is not None
    assert circle.geom_type == "Polygon"
    assert shapely.get_num_coordinates(circle) > 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda content: b"AC1009" + content[6:], "dwg-too-old"),
        (lambda content: content[:200], "dwg-empty"),
        (lambda content: b"AC1015", "dwg-unreadable"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    tmp_path: Path, change: Callable[[bytes], bytes], code: str
) -> None:
    with pytest.raises(SourceError) as caught:
        read_drawing(tmp_path, change(drawing(tmp_path)))
    assert caught.value.code == code


def test_a_drawing_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    assert recognise("图.dxf", drawing(tmp_path)[:64]).name == "dwg"


def test_a_drawing_is_read_behind_the_locks(empty_store: SqlStore, tmp_path: Path) -> None:
    store = with_collections(empty_store)
    content = drawing(tmp_path)
    report = imported_by_child(store, tmp_path, content, name="a.dwg", into="any", crs="EPSG:4550")
    assert (report.state, report.counts.added) == ("applied", 2)
