"""GPX by GDAL, and the values of extensions that GDAL would bend.

GDAL takes an extension whose values are all digits for whole numbers of 32 bits: 0021 becomes 21,
9007199254740993 becomes 2147483647, and an element with elements of digits in it 0 (GDAL 3.12.4,
seen here; the driver knows no schema to tell it otherwise). So a letter of no script is put before
such values in the copy that GDAL reads, which makes them texts, and taken away again.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from zones.crs.reference_systems import CRS
from zones.encoding.decide_encoding import EncodingFinding
from zones.formats.gdal.gml import copied, described, empty_fields, encoded
from zones.formats.gdal.layers import layer_info, layer_names
from zones.formats.gdal.replace_bytes import replace_bytes
from zones.formats.gdal.source import GDALLayer, GDALSource
from zones.formats.gdal.xml_reader import Replacement, XMLSurvey
from zones.formats.merged_layers import merged
from zones.model import JSON, Problem
from zones.sandbox.child_task import ReadTask
from zones.source.layer_choice import choose_layers
from zones.source.model import Source, SourceBatch
from zones.source.reading_choices import SourceChoice

_POINTS_OF: Final = {"routes": "route_points", "tracks": "track_points"}
_MAIN: Final = ("waypoints", "routes", "tracks")
_LINK, _FIRST_LINK = "link", "link1_href"
_MARK: Final = "\ue000"
"""A private letter (Unicode 23.5): no standard gives it a meaning."""
_WHOLE: Final = re.compile(r"\s*([-+]?)([0-9]+)\s*")
_BITS_32: Final = 2**31
_BITS_64: Final = 2**63
_MOST_DIGITS: Final = 20


def open_gpx(task: ReadTask, choice: SourceChoice) -> Source:
    """Return the waypoints, routes or tracks of a GPX; their single points if these are named.

    Raises
    ------
    SourceError
        As ``open_gml``.
    """
    path, encoding, survey = copied(task, "GPX", "source.gpx", choice)
    exact = _rewritten(path, survey)
    counts = {name: int(layer_info(path, name)["features"]) for name in layer_names(path)}
    there = tuple(name for name, count in counts.items() if count)
    main = tuple(name for name in there if name in _MAIN)
    offered = there if set(choice.layers) & set(_POINTS_OF.values()) else main
    names = choose_layers(offered, choice.layers, describe=described(path))
    layers = [_layer(path, name, offered) for name in names]
    sources = [_GPXSource(layer, encoding, exact, choice, task) for layer in layers]
    for source in sources:
        fields = source.layer.field_types
        notes = (*source.layer.notes, *_repeated(survey, fields), *_misread(survey))
        source.layer = replace(source.layer, notes=notes)
    return merged(sources)


class _GPXSource:
    """A layer, its marked values as they were written.

    Parameters
    ----------
    exact
        Fields in which values are marked; True where all their values are whole numbers of 64 bits.
    """

    def __init__(
        self,
        gdal_layer: GDALLayer,
        encoding: EncodingFinding,
        exact: dict[str, bool],
        choice: SourceChoice,
        task: ReadTask,
    ) -> None:
        self._inner = GDALSource(gdal_layer, crs=choice.crs, limits=task.limits)
        self._exact = exact
        layer = encoded(self._inner.layer, encoding)
        whole = {name: "integer" for name in layer.field_types if exact.get(name)}
        self.layer = replace(layer, field_types={**layer.field_types, **whole})

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        for share, batch in self._inner.batches():
            for row in batch.properties:
                for name, value in row.items():
                    row[name] = _as_written(value, is_whole=self._exact.get(name, False))
            yield share, batch


def _layer(path: Path, name: str, offered: tuple[str, ...]) -> GDALLayer:
    notes: tuple[Problem, ...] = ()
    if (points := _POINTS_OF.get(name)) is not None:
        notes = (Problem("gpx-points", {"layer": points}, "note"),)
    return GDALLayer(
        format="gpx",
        path=path,
        layer=name,
        layers=offered,
        left_out=empty_fields(path, name),
        crs_in_format=CRS.CRS84,
        notes=notes,
    )


def _repeated(survey: XMLSurvey, fields: Collection[str]) -> Iterator[Problem]:
    """Yield which elements one feature has several times: GDAL keeps the last, two of links."""
    for name, each in survey.repeated.items():
        params: dict[str, JSON] = {"name": name, "count": each.count, "line": each.line}
        if name == _LINK and _FIRST_LINK in fields:
            yield Problem("gpx-links-lost", params, "warning")
        elif name in fields:
            yield Problem("gpx-extension-twice", params, "warning", field=name)


def _misread(survey: XMLSurvey) -> Iterator[Problem]:
    """Yield which elements have texts that are no values of theirs."""
    for name, each in survey.misread.items():
        params: dict[str, JSON] = {"name": name, "count": each.count, "line": each.line}
        params["value"] = each.text
        yield Problem("gpx-value", params, "warning", field=name)


def _rewritten(path: Path, survey: XMLSurvey) -> dict[str, bool]:
    """Mark or mend what GDAL would bend; return the marked fields, by whether all are whole."""
    values = survey.extension_values
    bent = [each for each in values if each.is_nested or _is_bent(each.text)]
    marks = [Replacement(each.offset, each.offset, _MARK.encode()) for each in bent]
    replace_bytes(path, [*marks, *survey.replacements])
    fields = {each.field for each in bent}
    texts = {each.field for each in values if each.field in fields and not _is_exact(each.text)}
    return {field: field not in texts for field in fields}


def _is_bent(text: str) -> bool:
    """Return whether GDAL would give another number than these digits, or lose leading zeros."""
    whole = _WHOLE.fullmatch(text)
    if whole is None:
        return False
    return not _is_plain(text) or len(whole[2]) > _MOST_DIGITS or abs(int(text)) >= _BITS_32


def _is_plain(text: str) -> bool:
    """Return whether a text is a whole number as a program writes it."""
    whole = _WHOLE.fullmatch(text)
    return whole is not None and whole[1] != "+" and (whole[2] == "0" or whole[2][0] != "0")


def _is_exact(text: str) -> bool:
    """Return whether a text is such a number, and one of 64 bits."""
    is_short = _is_plain(text) and len(text.strip()) <= _MOST_DIGITS
    return is_short and -_BITS_64 <= int(text) < _BITS_64


def _as_written(value: JSON, *, is_whole: bool) -> JSON:
    if not isinstance(value, str):
        return value
    blank, mark, rest = value.partition(_MARK)
    is_marked = bool(mark) and not blank.strip() and (rest.startswith("<") or _is_bent(rest))
    text = blank + rest if is_marked else value
    return int(text) if is_whole and text.strip() else text
