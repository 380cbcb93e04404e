"""GML by GDAL; its XML, and that of GPX, is looked through by ourselves and copied in UTF-8 first.

GML's order of axes is by the form of ``srsName`` (OGC 05-011 and 09-048r5): ``urn:ogc:def:crs:…``
and ``http://www.opengis.net/def/crs/…`` have the authority's, latitude or northing first;
``EPSG:4490`` has longitude or easting first. GDAL keeps to that.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from zones.crs.reference_systems import CRS
from zones.crs.source_crs import SourceCRS, is_in_degrees, source_crs_from_epsg
from zones.encoding.decide_encoding import EncodingFinding
from zones.errors import SourceError
from zones.formats.gdal.gml_mixed_text import mixed_text
from zones.formats.gdal.gml_orientation import turned_coordinates
from zones.formats.gdal.gml_radii import checked_radii
from zones.formats.gdal.gml_remarks import survey_notes, without_made_up_places
from zones.formats.gdal.gml_values import as_values, hand_over_texts, readers_of
from zones.formats.gdal.layers import first_texts, layer_info, layer_names, read_layer
from zones.formats.gdal.replace_bytes import replace_bytes
from zones.formats.gdal.source import GDALLayer, GDALSource
from zones.formats.gdal.xml_reader import XMLSurvey
from zones.formats.gdal.xml_survey import surveyed
from zones.formats.geojson.features import number_remarks
from zones.formats.kml.text import write_utf8
from zones.formats.merged_layers import merged
from zones.model import Problem
from zones.questions_to_people import Reason
from zones.sandbox.child_task import ReadTask
from zones.source.layer_choice import Description, choose_layers
from zones.source.model import Source, SourceBatch, SourceLayer, chosen_crs
from zones.source.reading_choices import SourceChoice

_CODE: Final = re.compile(r"(?:EPSG|epsg\.xml)[:/#0-9.]*?([0-9]{4,6})$", re.IGNORECASE)
_LATITUDE_FIRST: Final = re.compile(r"(?:urn:|https?://www\.opengis\.net/def/crs/).*EPSG.*").match
_CRS84: Final = re.compile(r"CRS:?84$", re.IGNORECASE)
_EXTENT: Final = frozenset({"lowerCorner", "upperCorner"})  # of a feature, not an attribute
_STRAIGHTENED: Final = "curves-straightened"


def open_gml(task: ReadTask, choice: SourceChoice) -> Source:
    """Return the chosen feature types of a GML.

    Raises
    ------
    SourceError
        ``markup-doctype``, ``markup-invalid``, ``gml-systems-differ``; ``DecisionNeeded`` where
        several types have features and none is named.
    """
    path, encoding, survey = copied(task, "GML", "source.gml", choice)
    codes = {_code_of(name) for name in survey.systems}
    if len(codes) > 1:
        raise SourceError("gml-systems-differ", systems=", ".join(survey.systems)[:200])
    survey.mixed = mixed_text(path.read_bytes())
    _mend(path, survey, next(iter(codes), ""))
    _have_gdal_follow_no_links()
    with _naming_what_is_unread(survey):
        sources = _sources(path, encoding, next(iter(codes), ""), choice, task, survey)
    if survey.has_arcs:
        for source in sources:
            source.tell_of_arcs()
    hand_over_texts(path)
    return merged(sources)


def _mend(path: Path, survey: XMLSurvey, code: str) -> None:
    """Write into the copy what GDAL would read otherwise than it is meant."""
    if not (survey.turned or survey.radii):
        return
    content = path.read_bytes()
    turned = [each for lists in survey.turned for each in turned_coordinates(content, lists)]
    radii = checked_radii(
        content,
        survey.radii if survey.systems else (),
        in_degrees=code == CRS.CRS84.key or (code.isdigit() and is_in_degrees(int(code))),
        latitude_first=all(map(_LATITUDE_FIRST, survey.systems)),
    )
    replace_bytes(path, [*turned, *radii])


def _sources(
    path: Path,
    encoding: EncodingFinding,
    code: str,
    choice: SourceChoice,
    task: ReadTask,
    survey: XMLSurvey,
) -> "list[_GMLSource]":
    """Return the feature types that are wanted."""
    layers = layer_names(path)
    names = choose_layers(layers, choice.layers, describe=described(path))
    chosen_layers = [
        GDALLayer(
            format="gml",
            path=path,
            layer=name,
            layers=layers,
            id_field="gml_id",
            left_out=_EXTENT,
            notes=survey_notes(survey),
        )
        for name in names
    ]
    return [_GMLSource(each, encoding, code, choice, task, survey) for each in chosen_layers]


class _GMLSource:
    """A feature type, its values as they stand there, with a word for numbers that nobody holds."""

    def __init__(
        self,
        gdal_layer: GDALLayer,
        encoding: EncodingFinding,
        code: str,
        choice: SourceChoice,
        task: ReadTask,
        survey: XMLSurvey,
    ) -> None:
        self._survey = survey
        self._inner = GDALSource(gdal_layer, crs=choice.crs, limits=task.limits)
        layer = encoded(self._inner.layer, encoding)
        is_crs84 = code == CRS.CRS84.key
        if is_crs84 or (layer.crs is None and code.isdigit()):  # of two forms GDAL takes neither
            system, finding = chosen_crs(choice.crs, in_file=lambda: _system_of(code))
            layer = replace(layer, crs=system, crs_finding=finding)
        self.layer: SourceLayer = layer
        self._readers = readers_of(self._inner.field_kinds)

    def tell_of_arcs(self) -> None:
        """Add a note that arcs are made straight, unless the layer's type has told of them."""
        if all(note.code != _STRAIGHTENED for note in self.layer.notes):
            note = Problem(_STRAIGHTENED, {}, "note")
            self.layer = replace(self.layer, notes=(*self.layer.notes, note))

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        with _naming_what_is_unread(self._survey):
            for share, read in self._inner.batches():
                bent = as_values(read.properties, self._readers)
                remarks = number_remarks(bent, read.numbers)
                batch = replace(read, problems=(*read.problems, *remarks))
                yield share, without_made_up_places(batch, self._survey)


@contextmanager
def _naming_what_is_unread(survey: XMLSurvey) -> Iterator[None]:
    """Name the element that GDAL does not read, where it gives up a file that has one."""
    try:
        yield
    except SourceError as fault:
        if fault.code != "source-unreadable" or survey.unread is None:
            raise
        element, line = survey.unread
        raise SourceError("gml-element-unread", element=element, line=line) from fault


def encoded(layer: SourceLayer, encoding: EncodingFinding) -> SourceLayer:
    """Return the layer with what was found of its encoding."""
    return replace(layer, encoding=encoding, notes=(*encoding.remarks(), *layer.notes))


def empty_fields(path: Path, layer: str, *, only: Sequence[str] = ()) -> frozenset[str]:
    """Return the fields without a value; GDAL has all that the format could have."""
    meta, _, _, columns = read_layer(path, layer, read_geometry=False)
    empty = {
        str(name)
        for name, column in zip(meta["fields"], columns, strict=True)
        if all(value is None or value != value for value in column.tolist())  # noqa: PLR0124 - NaN
    }
    return frozenset(empty & set(only) if only else empty)


def _have_gdal_follow_no_links() -> None:
    import pyogrio

    pyogrio.set_gdal_config_options({"GML_SKIP_RESOLVE_ELEMS": "ALL", "GML_FIELDTYPES": None})


def _code_of(name: str) -> str:
    """Return the code of EPSG that a name has, ``CRS84``, or the name itself."""
    if _CRS84.search(name):
        return CRS.CRS84.key
    found = _CODE.search(name)
    return found[1] if found else name


def _system_of(code: str) -> CRS | SourceCRS:
    return source_crs_from_epsg(int(code)) if code.isdigit() else CRS.CRS84


def described(path: Path) -> Callable[[str], Description]:
    """Return what describes a layer, for a person who has to choose one."""

    def describe(name: str) -> Description:
        info = layer_info(path, name)
        kind = str(info["geometry_type"])[:40]
        reason = Reason("reason-layer", {"features": int(info["features"]), "kind": kind})
        return reason, first_texts(path, name)

    return describe


def copied(
    task: ReadTask, format_name: str, name: str, choice: SourceChoice
) -> tuple[Path, EncodingFinding, XMLSurvey]:
    """Return a copy in UTF-8, what it was encoded in, and what the XML holds."""
    path = task.folder / name
    try:
        encoding = write_utf8(task.source.read(), path, override=choice.encoding)
    except SourceError as fault:
        if fault.code == "kml-not-text":
            codec = str(fault.params.get("codec"))
            raise SourceError("markup-not-text", format=format_name, codec=codec) from fault
        raise
    return path, encoding, surveyed(path, format_name)
