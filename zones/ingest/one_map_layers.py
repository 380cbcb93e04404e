"""Layers of planning and survey databases (一张图): their titles, and where they depart from lists.

Titles, units and texts of codes are for properties that neither the file nor a person has
described. What departs is told and stored as it is.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from zones.ingest.area_unit import area_unit
from zones.ingest.wire_features import ReadFeature
from zones.model import JSON, FieldInfo, Problem
from zones.properties.one_map_dictionary import (
    KnownField,
    are_of_one_map,
    coded_values,
    codes_of,
    is_layer_code,
    known_field,
    known_layer,
    layer_title,
)
from zones.source.file_findings import FieldFinding

_NEEDED: Final = ("BSM", "YSDM")
_LONGEST_LIST: Final = 380
_MOST_SAMPLES: Final = 5
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class OneMap:
    """What the lists say of properties, by their names, and where the file departs from them."""

    fields: Mapping[str, FieldInfo] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def one_map_of(
    layer: str | None, found: Mapping[str, FieldFinding], features: Sequence[ReadFeature]
) -> OneMap:
    """Return what the lists say of a layer; nothing if it is none of theirs.

    Parameters
    ----------
    found
        Fields of the file by the properties that they become.
    features
        As they are to be stored.
    """
    labels = [stated.label for stated in found.values()]
    if not is_layer_code(layer) and not are_of_one_map(labels):
        return OneMap()
    known = {
        name: listed for name, stated in found.items() if (listed := known_field(stated.label))
    }
    fields: dict[str, FieldInfo] = {}
    problems: list[Problem] = []
    for name, listed in known.items():
        column = [feature.properties.get(name) for feature in features]
        info, stated = _described(name, listed, layer, known, features)
        fields[name] = info
        rows = [*stated, *_departures(name, listed, column)]
        problems += [_at_feature(problem, features) for problem in rows]
    missing = _missing(layer, [listed.name for listed in known.values()])
    return OneMap(fields, (_recognised(layer, fields, found), *missing, *problems))


def _at_feature(problem: Problem, features: Sequence[ReadFeature]) -> Problem:
    """Return a problem with the feature's number in the file for its place among those read."""
    if problem.feature is None:
        return problem
    return replace(problem, feature=features[problem.feature].number)


def _recognised(
    layer: str | None, fields: Mapping[str, FieldInfo], found: Mapping[str, FieldFinding]
) -> Problem:
    titled = [f"{name} = {info.title}" for name, info in fields.items() if not found[name].title]
    listed = "；".join(titled)[:_LONGEST_LIST] or "—"
    params: dict[str, JSON] = {"layer": layer_title(layer) or layer or "—", "listed": listed}
    return Problem("one-map-recognised", params, "note")


def _missing(layer: str | None, names: Sequence[str]) -> Iterator[Problem]:
    """Tell of fields that every layer of the lists has; only where it is one by its name."""
    needed = [each for each in _NEEDED if each not in names]
    if needed and is_layer_code(layer):
        params: dict[str, JSON] = {"layer": known_layer(layer), "fields": ", ".join(needed)}
        yield Problem("one-map-missing", params, "warning")


def _described(
    name: str,
    listed: KnownField,
    layer: str | None,
    known: Mapping[str, KnownField],
    features: Sequence[ReadFeature],
) -> tuple[FieldInfo, list[Problem]]:
    """Return title and codes of a property, and what is to be told of unit and codes."""
    info = FieldInfo(name, listed.title)
    if listed.unit:
        unit, problems = area_unit(name, listed, features)
        return (replace(info, title=f"{listed.title}（{unit}）") if unit else info), problems
    texts = codes_of(listed, layer)
    if not texts:
        return info, []
    named_by = next((other for other, each in known.items() if each.name == listed.named_by), "")
    pairs = [(row.properties.get(name), row.properties.get(named_by)) for row in features]
    own, unknown = _own_names(pairs, texts), _unknown(pairs, texts)
    remarks = [*_unknown_code_remarks(name, unknown), *_renamed(name, own, texts)]
    return replace(info, codes=coded_values({**texts, **own})), remarks


def _own_names(pairs: Sequence[tuple[JSON, JSON]], texts: Mapping[str, str]) -> dict[str, str]:
    """Return codes that have other names beside them than in the table, each with its commonest."""
    names: dict[str, Counter[str]] = {}
    for code, word in pairs:
        if isinstance(code, str) and isinstance(word, str) and code.strip() and word.strip():
            names.setdefault(code, Counter())[word.strip()] += 1
    commonest = {code: counted.most_common(1)[0][0] for code, counted in names.items()}
    return {code: word for code, word in commonest.items() if texts.get(code) != word}


def _unknown(pairs: Sequence[tuple[JSON, JSON]], texts: Mapping[str, str]) -> dict[str, int]:
    """Return the codes that are not in the table, with the first row of each."""
    first: dict[str, int] = {}
    for row, (code, _) in enumerate(pairs):
        if isinstance(code, str) and code.strip() and code not in texts:
            first.setdefault(code, row)
    return first


def _unknown_code_remarks(name: str, codes: Mapping[str, int]) -> Iterator[Problem]:
    if codes:
        params: dict[str, JSON] = {"count": len(codes), "samples": _samples(codes)}
        first = next(iter(codes.values()))
        yield Problem("one-map-codes-unknown", params, "warning", feature=first, field=name)


def _renamed(name: str, own: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[Problem]:
    other = {code: word for code, word in own.items() if code in texts}
    if other:
        samples = _samples(f"{code} {word} ({texts[code]})" for code, word in other.items())
        params: dict[str, JSON] = {"count": len(other), "samples": samples}
        yield Problem("one-map-codes-renamed", params, "warning", field=name)


def _departures(name: str, listed: KnownField, column: Sequence[JSON]) -> Iterator[Problem]:
    """Yield where values are of another type, too long, blank or there twice."""
    if listed.kind == "number":
        yield from _of_rows(name, column, "one-map-not-number", lambda value: type(value) is str)
        return
    yield from _of_rows(name, column, "one-map-not-text", lambda v: isinstance(v, int | float))
    if (most := listed.length) is not None:
        long = _of_rows(
            name, column, "one-map-too-long", lambda v: isinstance(v, str) and len(v) > most
        )
        yield from (replace(each, params={**each.params, "most": most}) for each in long)
    if listed.needed:
        yield from _of_rows(name, column, "one-map-blank", _is_blank)
    if listed.name == "BSM":
        counts = Counter(value for value in column if not _is_blank(value))
        yield from _of_rows(name, column, "one-map-repeated", lambda value: counts[value] > 1)


def _is_blank(value: JSON) -> bool:
    return value is None or not str(value).strip()


def _of_rows(
    name: str, column: Sequence[JSON], code: str, departs: Callable[[JSON], bool]
) -> Iterator[Problem]:
    rows = [row for row, value in enumerate(column) if departs(value)]
    if rows:
        params: dict[str, JSON] = {"count": len(rows), "sample": str(column[rows[0]])[:_SHOWN]}
        yield Problem(code, params, "warning", feature=rows[0], field=name)


def _samples(words: Iterable[str]) -> str:
    listed = list(words)
    more = " …" if len(listed) > _MOST_SAMPLES else ""
    return ", ".join(word[:_SHOWN] for word in listed[:_MOST_SAMPLES]) + more
