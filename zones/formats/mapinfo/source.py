"""One MapInfo table -> layer and batches; geometry by GDAL, texts and system by ourselves."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, count, islice
from pathlib import Path

from zones.encoding.decide_encoding import decide_encoding
from zones.encoding.trial_decoding import EncodedText, decode_text
from zones.errors import SourceError
from zones.formats.gdal.source import GDALLayer, GDALSource
from zones.formats.mapinfo.file_head import (
    Definition,
    mif_definition,
    own_name,
    tab_definition,
)
from zones.formats.mapinfo.mid_cells import MIDCells, checked_cells
from zones.formats.mapinfo.mif_objects import mif_objects, unescaped, words_in_mif
from zones.formats.mapinfo.numbers import check_coordinates
from zones.formats.mapinfo.position_grid import grid_steps
from zones.formats.mapinfo.reference_system import declared_system, system_notes
from zones.formats.mapinfo.tab_texts import words_in_tab
from zones.formats.mapinfo.texts import texts_of, whole_names
from zones.model import JSON, Problem
from zones.sandbox.limits import Limits
from zones.source.model import SourceBatch, SourceLayer, chosen_crs
from zones.source.reading_choices import SourceChoice

_AS_BYTES = "latin-1"  # each byte a character, to be had back as it was
_COPY_BYTES = 2**20
_FINE = 0.001  # a millimetre; in degrees any table is finer
_UNREADABLE = "\ufffd"
_TEXT = "Text"  # as GDAL calls it in drawings


@dataclass(frozen=True, slots=True)
class MapInfoTable:
    """A table's file that GDAL may open, what it says, and where its texts stand."""

    path: Path
    name: str
    definition: Definition
    texts: Path


def mif_table(folder: Path, name: str) -> MapInfoTable:
    """Return the table of ``raw.mif`` and ``source.mid``, with a copy ``source.mif`` for GDAL."""
    raw, path = folder / "raw.mif", folder / "source.mif"
    with raw.open("rb") as source, path.open("wb") as copy:
        definition = mif_definition(source.read(_COPY_BYTES))
        copy.write(definition.head)
        source.seek(definition.length)
        while chunk := source.read(_COPY_BYTES):
            copy.write(chunk)
    check_coordinates(raw, definition.length)
    texts = folder / "source.mid"
    if definition.columns and not texts.exists():
        raise SourceError("mapinfo-part-missing", layer=name, suffix=".mid")
    return MapInfoTable(path, name, definition, texts)


def tab_table(folder: Path, name: str) -> MapInfoTable:
    """Return the table of ``raw.tab``, ``source.dat`` and others, with a copy for GDAL."""
    definition = tab_definition((folder / "raw.tab").read_bytes())
    for suffix in (".dat", ".map", ".id"):
        if not (folder / f"source{suffix}").exists():
            raise SourceError("mapinfo-part-missing", layer=name, suffix=suffix)
    path = folder / "source.tab"
    path.write_bytes(definition.head)
    return MapInfoTable(path, name, definition, folder / "source.dat")


class MapInfoSource:
    """A table with its columns under their own names, texts decoded by what they are."""

    def __init__(
        self, table: MapInfoTable, layers: tuple[str, ...], choice: SourceChoice, limits: Limits
    ) -> None:
        columns = table.definition.columns
        self._words = _words_of(table)
        words = (EncodedText(each) for each in self._words.values() if not each.isascii())
        self._encoding = decide_encoding(
            chain(texts_of(table.texts, columns), words),
            declared=table.definition.charset,
            override=choice.encoding,
        )
        raw_names = whole_names(table.texts, [each.name for each in columns])
        self._names = {own_name(n): self._name(raw) for n, raw in enumerate(raw_names)}
        if len(set(self._names.values())) < len(columns):
            raise SourceError("mapinfo-head")
        self._words_name = _free_name(self._names.values()) if self._words else ""
        self._table, self._cells = table, MIDCells()
        if table.texts.suffix == ".mid" and columns:
            head, names = table.definition.head, list(self._names.values())
            self._cells = checked_cells(table.texts, head, columns, names)
        self._texts = [own_name(n) for n, each in enumerate(columns) if each.is_text]
        described = GDALLayer(
            format="mapinfo",
            path=table.path,
            layer=table.path.stem,
            layers=layers,
            encoding=_AS_BYTES,
        )
        with self._naming_a_missing_row():
            self._inner = GDALSource(described, crs=choice.crs, limits=limits)
        wkt = self._inner.declared_crs
        system, finding = chosen_crs(choice.crs, in_file=lambda: declared_system(wkt))
        in_file = system_notes(wkt) if finding.basis == "file" else ()
        self.layer: SourceLayer = replace(
            self._inner.layer,
            layer=table.name,
            encoding=self._encoding,
            crs=system,
            crs_finding=finding,
            field_types={
                **{self._names[name]: kind for name, kind in self._inner.layer.field_types.items()},
                **dict.fromkeys([self._words_name] if self._words else [], "text"),
            },
            notes=(
                *self._inner.layer.notes,
                *self._encoding.remarks(),
                *in_file,
                *_damaged_names(self._names.values()),
                *_grid_notes(table.path.with_suffix(".map")),
            ),
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done.

        Raises
        ------
        SourceError
            ``mif-mid-differ`` if the MID has more rows than the MIF has objects that are read.
        """
        done = 0
        with self._naming_a_missing_row():
            for share, batch in self._inner.batches():
                done += len(batch.numbers)
                numbers = batch.numbers.tolist()
                rows = list(map(self._row, numbers, batch.properties))
                yield share, replace(batch, properties=rows)
        if done < self._cells.rows:  # GDAL passed over an object, and the rows have slipped
            raise SourceError("mif-mid-differ", shapes=done, rows=self._cells.rows)

    @contextmanager
    def _naming_a_missing_row(self) -> Iterator[None]:
        """Name the object without a row, where GDAL gives up a MIF that has one."""
        try:
            yield
        except SourceError as fault:
            if fault.code != "source-unreadable" or self._table.path.suffix != ".mif":
                raise
            objects = mif_objects(self._table.path.with_stem("raw"), self._table.definition.length)
            rows = self._cells.lines
            first = next(islice(objects, rows, None), None)
            if first is None:
                raise
            raise SourceError(
                "mid-row-missing",
                object=first.kind,
                line=first.line,
                number=rows + 1,
                rows=rows,
            ) from fault

    def _decoded(self, words: bytes | None) -> str | None:
        if words is None:
            return None
        text = decode_text(EncodedText(words), self._encoding.codec)
        return unescaped(text) if self._table.path.suffix == ".mif" else text

    def _row(self, number: int, read: dict[str, JSON]) -> dict[str, JSON]:
        """Return a row as it is meant, with the words of a text."""
        row = self._named(read)
        row.update({name: None for name, at in self._cells.blank.items() if number in at})
        if self._words:
            row[self._words_name] = self._decoded(self._words.get(number))
        return row

    def _named(self, row: dict[str, JSON]) -> dict[str, JSON]:
        for name in self._texts:
            value = row[name]
            if isinstance(value, str) and not value.isascii():
                row[name] = decode_text(EncodedText(value.encode(_AS_BYTES)), self._encoding.codec)
        return {self._names[name]: value for name, value in row.items()}

    def _name(self, raw: bytes) -> str:
        try:
            return decode_text(EncodedText(raw), self._encoding.codec)
        except UnicodeDecodeError:
            return raw.decode(self._encoding.name, "replace")


def _words_of(table: MapInfoTable) -> dict[int, bytes]:
    """Return the words of the texts on the map, by the number of the feature."""
    if table.path.suffix == ".mif":
        return words_in_mif(table.path.with_stem("raw"), table.definition.length)
    return words_in_tab(table.path, _AS_BYTES)


def _free_name(names: Iterable[str]) -> str:
    """Return a name for the words that no column has; GDAL tells names apart by case."""
    taken = {name.casefold() for name in names}
    numbered = (f"{_TEXT}_{number}" for number in count(2))
    return next(name for name in chain([_TEXT], numbered) if name.casefold() not in taken)


def _damaged_names(names: Iterable[str]) -> Iterator[Problem]:
    for name in names:
        if _UNREADABLE in name:
            yield Problem("mapinfo-name-damaged", {"name": name}, "warning", field=name)


def _grid_notes(path: Path) -> Iterator[Problem]:
    steps = grid_steps(path) if path.exists() else None
    if steps is not None:
        x, y = steps
        params: dict[str, JSON] = {"x": f"{x:.3g}", "y": f"{y:.3g}"}
        yield Problem("mapinfo-grid", params, "warning" if max(steps) > _FINE else "note")
