"""A DWG drawing, R13 to R2018 -> layer and batches, on trial.

dwg2geo 0.2.5 keeps lines, polylines, arcs, splines, points, texts and hatches to the vertex,
explodes blocks, and lists what it skips; proxies (天正, CASS) and extended data it drops without
a word, so that DXF stays the better way and the report says so. Curves become lines that are at
most a millimetre off: by default a circle loses 0.32 % of its area (``findings``).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import shapely

from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError, SourceLimitError
from zones.formats.csv.place_numbers import is_north_first
from zones.formats.dwg.header import DrawingHeader, drawing_header
from zones.formats.dwg.panics import panics_as_errors
from zones.model import JSON, Problem
from zones.sandbox.limits import Limits
from zones.source.layer_choice import ALL_LAYERS, listed
from zones.source.model import SourceBatch, SourceLayer, chosen_crs
from zones.source.reading_choices import SourceChoice

MARK: Final = b"AC10"
_OLDEST: Final = 12  # R13
_VERSION: Final = slice(4, 6)
_CURVE_M: Final = 0.001
_BATCH_FEATURES: Final = 2000
_MOST_LAYERS: Final = 1000
_COUNTED: Final = ("converted", "skipped", "failed")
_SHOWN: Final = 380
_CAPPED: Final = "tolerance not met"
_FIELDS: Final = {
    "layer": "Layer",
    "entity_type": "Type",
    "text": "Text",
    "handle": "EntityHandle",
    "block_name": "Block",
}

Drawn = dict[str, Any]


class DWGSource:
    """The entities of a drawing's model space: of the layers that are named, else of all shown."""

    def __init__(self, path: Path, choice: SourceChoice, limits: Limits) -> None:
        _refuse_old(path)
        header = drawing_header(path)
        converted = _converted(path, header.unit_m or 1.0)
        is_denied = _denies_unit(converted["bbox"], header.unit_m or 1.0)
        self._factor = 1.0 if is_denied else header.unit_m or 1.0
        converted = _converted(path, 1.0) if is_denied else converted
        drawn = _of_model(converted.pop("geojson"))
        if len(drawn) > limits.max_features:
            raise SourceLimitError("too-many-features", most=limits.max_features)
        names = tuple(dict.fromkeys(_layer(one) for one in drawn))[:_MOST_LAYERS]
        chosen = _chosen_layers(choice.layers, names)
        self._drawn = [one for one in drawn if _is_taken(_layer(one), chosen, header)]
        system, finding = chosen_crs(choice.crs)
        self.layer = SourceLayer(
            format="dwg",
            layer=", ".join(sorted(chosen)) or None,
            layers=names,
            encoding=EncodingFinding(UTF_8, "format"),
            crs=system,
            crs_finding=finding,
            notes=(
                *_notes(converted, header, [] if chosen else drawn),
                *_about_unit(header, is_denied=is_denied),
                *_about_curves(self._drawn),
            ),
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the entities in the drawing's order."""
        count = max(1, len(self._drawn))
        for begin in range(0, len(self._drawn), _BATCH_FEATURES):
            some = self._drawn[begin : begin + _BATCH_FEATURES]
            numbers = np.arange(begin + 1, begin + len(some) + 1)
            geometries = np.full(len(some), None, dtype=object)
            geometries[:] = [self._geometry(one) for one in some]
            rows = [_properties(one) for one in some]
            yield (
                (begin + len(some)) / count,
                SourceBatch(numbers, geometries, [None] * len(some), rows),
            )

    def _geometry(self, one: Drawn) -> Any:
        if one["geometry"] is None:
            return None
        geometry = shapely.from_geojson(orjson.dumps(one["geometry"]), on_invalid="ignore")
        factor = self._factor
        if geometry is None or factor == 1:
            return geometry
        return shapely.transform(geometry, lambda xy: xy * factor)


def _refuse_old(path: Path) -> None:
    """Raise for drawings of R12 and older, which nothing here reads."""
    with path.open("rb") as file:
        head = file.read(6)
    version = head[_VERSION]
    if not head.startswith(MARK) or not version.isdigit() or int(version) < _OLDEST:
        raise SourceError("dwg-too-old", version=head.decode("ascii", "replace"))


def _denies_unit(bbox: Sequence[float] | None, unit_m: float) -> bool:
    """Return whether coordinates are metres of a survey as they stand, and none in the unit.

    Templates name millimetres, in which most surveys are not drawn.
    """
    if bbox is None or unit_m == 1:
        return False
    x, y = (bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2
    return is_north_first([(y, x)]) and not is_north_first([(y * unit_m, x * unit_m)])


def _of_model(geojson: str) -> list[Drawn]:
    """Return the entities that are not drawn on a sheet."""
    features: list[Drawn] = orjson.loads(geojson)["features"]
    return [one for one in features if one["properties"].get("space", "model") == "model"]


def _converted(path: Path, unit_m: float) -> dict[str, Any]:
    import dwg2geo

    content, tolerance = path.read_bytes(), _CURVE_M / unit_m
    try:
        with panics_as_errors():
            converted: dict[str, Any] = dwg2geo.convert(content, curve_tolerance=tolerance)
    except (ValueError, RuntimeError, OSError) as error:
        raise SourceError("dwg-unreadable", reason=str(error)[:200]) from error
    if not converted["model_space_entities"]:  # it says no more of a drawing that is cut off
        raise SourceError("dwg-empty")
    return converted


def _layer(one: Drawn) -> str:
    return str(one["properties"].get("layer", ""))


def _chosen_layers(named: Sequence[str], names: Sequence[str]) -> frozenset[str]:
    """Return the layers that are meant by name; none for all that are shown."""
    if ALL_LAYERS in named:
        return frozenset()
    known = {name.casefold(): name for name in names}
    for name in named:
        if name.casefold() not in known:
            raise SourceError("layer-unknown", layer=name[:80], layers=listed(names))
    return frozenset(known[name.casefold()] for name in named)


def _is_taken(layer: str, chosen: frozenset[str], header: DrawingHeader) -> bool:
    return layer in chosen if chosen else layer not in header.hidden


def _properties(one: Drawn) -> dict[str, JSON]:
    attributes = one["properties"]
    return {name: attributes.get(key) for key, name in _FIELDS.items()}


def _notes(
    converted: dict[str, Any], header: DrawingHeader, drawn: Sequence[Drawn]
) -> Iterator[Problem]:
    counts: dict[str, JSON] = {"listed": _listed(converted["converted"])}
    yield Problem("dwg-trial", counts, "warning")
    for kind in _COUNTED[1:]:
        if converted[kind]:
            yield Problem(f"dwg-{kind}", {"listed": _listed(converted[kind])}, "warning")
    named = {str(each["entity_type"]).upper() for kind in _COUNTED for each in converted[kind]}
    foreign = {name: n for name, n in header.foreign.items() if name.upper() not in named}
    if foreign:
        params: dict[str, JSON] = {
            "count": sum(foreign.values()),
            "listed": ", ".join(f"{name} {n}" for name, n in foreign.items())[:_SHOWN],
        }
        yield Problem("dwg-foreign", params, "warning")
    left_out = [_layer(one) for one in drawn if _layer(one) in header.hidden]
    if left_out:
        names = listed(sorted(set(left_out)))[:_SHOWN]
        yield Problem("dwg-hidden", {"count": len(left_out), "layers": names}, "warning")


def _about_unit(header: DrawingHeader, *, is_denied: bool) -> Iterator[Problem]:
    """Yield what is told of the unit: that it is not known, was used, or cannot be meant."""
    if not header.is_read:
        yield Problem("dwg-header-unread", {}, "warning")
    elif is_denied:
        yield Problem("dwg-units-denied", {"metres": header.unit_m}, "warning")
    elif header.unit_m is not None and header.unit_m != 1:
        yield Problem("dwg-units", {"metres": header.unit_m}, "note")


def _about_curves(drawn: Sequence[Drawn]) -> Iterator[Problem]:
    """Yield how many curves have more bends than dwg2geo gives them."""
    count = sum(_CAPPED in str(one["properties"].get("warnings", "")) for one in drawn)
    if count:
        yield Problem("dwg-curves", {"count": count}, "warning")


def _listed(kinds: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f"{kind['entity_type']} {kind['count']}" for kind in kinds)[:_SHOWN]
