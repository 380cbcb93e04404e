"""Files of other formats than shapefiles in a zip: one, or several as layers of one import."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from zones.errors import SourceError
from zones.formats.merged_layers import merged
from zones.formats.signatures import HEAD_BYTES, format_by_content
from zones.formats.supported_formats import PACKED, Format, format_named, suffix_format
from zones.formats.unpack_zip import Archive, ZipMember
from zones.model import Problem
from zones.questions_to_people import Reason
from zones.sandbox.child_task import ReadTask
from zones.source.file_findings import FormatName
from zones.source.layer_choice import ALL_LAYERS, Description, choose_layers, listed
from zones.source.model import Source, SourceBatch
from zones.source.reading_choices import SourceChoice

_FEATURES: Final = (b'"Feature"', b'"FeatureCollection"')
_PLAIN_TEXT, _JSON = ".txt", ".json"
_SHOWN: Final = 60

Opener = Callable[[ReadTask, FormatName, SourceChoice], Source]


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file in a zip and its format, told by how it begins, else by its suffix."""

    member: ZipMember
    format: Format


def packed_files(archive: Archive) -> list[PackedFile]:
    """Return the files of a zip that are data.

    A text or JSON beside others is data only if it begins so: mostly it is a note. Texts that are
    all there is are tables.
    """
    found = [file for member in archive.members if (file := _known(archive, member))]
    if found:
        return found
    table = format_named("csv")
    texts = [member for member in archive.members if member.suffix == _PLAIN_TEXT]
    return [PackedFile(member, table) for member in texts] if table else []


def format_of_all(files: Sequence[PackedFile]) -> Format:
    """Return the format that a process must be started for, to read the files.

    Raises
    ------
    SourceError
        ``zip-mixed`` if they take several drivers of GDAL, of which a process has one.
    """
    with_driver = {file.format.driver: file.format for file in files if file.format.driver}
    if len(with_driver) > 1:
        names = ", ".join(sorted({file.member.suffix for file in files}))
        raise SourceError("zip-mixed", suffixes=names)
    return next(iter(with_driver.values()), files[0].format)


def open_packed(task: ReadTask, archive: Archive, choice: SourceChoice, opener: Opener) -> Source:
    """Return the only file of a zip, or those of several that are wanted, each a layer.

    Raises
    ------
    SourceError
        Or ``DecisionNeeded``, which of several files is meant.
    """
    files = packed_files(archive)
    if not files:
        raise SourceError("source-unreadable")
    if len(files) == 1:
        return _opened(task, archive, files[0], choice, opener)
    by_name = dict(zip(_names(files), files, strict=True))
    names = choose_layers(
        tuple(by_name), choice.layers, describe=lambda name: _described(by_name[name])
    )
    inner = replace(choice, layer=ALL_LAYERS)
    sources = [_opened(task, archive, by_name[name], inner, opener) for name in names]
    of_all = [note for note in sources[0].layer.notes if _is_of_all(note, sources)]
    return merged(
        [
            _File(source, name, tuple(by_name), of_all)
            for source, name in zip(sources, names, strict=True)
        ]
    )


def _is_of_all(note: Problem, sources: Sequence[Source]) -> bool:
    return all(note in source.layer.notes for source in sources)


class _File:
    """A file of several as a layer; all its own layers are in it.

    Of what is told of it, that which is not true of all files names the file.
    """

    def __init__(
        self, source: Source, name: str, layers: tuple[str, ...], of_all: Sequence[Problem]
    ) -> None:
        self._source, self._name = source, name
        notes = tuple(
            note if note in of_all else _of_file(note, name) for note in source.layer.notes
        )
        self.layer = replace(source.layer, layer=name, layers=layers, notes=notes)

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features of the file, their ids with its name: other files count alike."""
        is_noted = False
        for share, batch in self._source.batches():
            named = self._named_ids(batch)
            first = next((each for each in named if each is not None), None)
            problems = batch.problems
            if first is not None and not is_noted:
                note = Problem("packed-ids", {"id": str(first)[:_SHOWN]}, "note")
                problems, is_noted = (*problems, _of_file(note, self._name)), True
            yield share, replace(batch, ids=named, problems=problems)

    def _named_ids(self, batch: SourceBatch) -> list[str | int | float | None]:
        prefix = self._name.replace("/", "-")
        return [None if each is None else f"{prefix}-{each}" for each in batch.ids]


def _of_file(note: Problem, name: str) -> Problem:
    """Return what is told of a file, with the file it is told of."""
    return replace(note, params={**note.params, "packed_file": name[:_SHOWN]})


def _known(archive: Archive, member: ZipMember) -> PackedFile | None:
    head = archive.head(member, HEAD_BYTES)
    name = format_by_content(head)
    found = format_named(name) if name else None
    if found is None and member.suffix in PACKED:
        found = suffix_format(member.suffix)
    if found is None and member.suffix == _JSON and any(mark in head for mark in _FEATURES):
        found = suffix_format(_JSON)
    return PackedFile(member, found) if found else None


def _opened(
    task: ReadTask, archive: Archive, file: PackedFile, choice: SourceChoice, opener: Opener
) -> Source:
    folder = Path(mkdtemp(dir=task.folder))
    path = folder / "packed"
    archive.extract(file.member, path)
    content = task.files.enter_context(path.open("rb"))
    return opener(replace(task, source=content, folder=folder), file.format.name, choice)


def _names(files: Sequence[PackedFile]) -> list[str]:
    """Return the names of files without suffix, with it or as a path where others are called so."""
    for name in (
        lambda member: member.layer,
        lambda member: member.path.name,
        lambda member: str(member.path),
    ):
        names: list[str] = [name(file.member) for file in files]
        if len({each.casefold() for each in names}) == len(names):
            break
    return names


def _described(file: PackedFile) -> Description:
    reason = Reason("reason-file", {"bytes": file.member.size, "suffix": file.member.suffix})
    return reason, (str(file.member.path)[:_SHOWN],)


def no_data(archive: Archive) -> SourceError:
    """Return the fault of a zip that holds no data at all."""
    return SourceError("zip-no-shp", found=listed([str(each.path) for each in archive.members]))
