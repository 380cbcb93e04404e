"""A KML, or the main one of a KMZ -> the folders in it that are wanted, opened."""

from zones.errors import SourceError
from zones.formats.kml.source import KMLFile, KMLSource
from zones.formats.kml.survey import surveyed
from zones.formats.kml.text import write_utf8
from zones.formats.unpack_zip import Archive
from zones.model import Problem
from zones.sandbox.child_task import ReadTask
from zones.source.file_findings import FormatName
from zones.source.layer_choice import Description, choose_layers, listed
from zones.source.reading_choices import SourceChoice

_MAIN = "doc.kml"
_SUFFIXES = frozenset({".kml", ".ovkml"})


def open_kmz(archive: Archive, task: ReadTask, choice: SourceChoice) -> KMLSource:
    """Return the chosen folders of the KMZ's main document; others are told.

    Raises
    ------
    SourceError
        ``kmz-no-kml``, or as ``open_kml``.
    """
    texts = [member for member in archive.members if member.suffix in _SUFFIXES]
    if not texts:
        raise SourceError("kmz-no-kml", found=listed([str(m.path) for m in archive.members]))
    main = next((text for text in texts if str(text.path).casefold() == _MAIN), texts[0])
    others = [str(text.path) for text in texts if text is not main]
    target = task.folder / "packed.kml"
    archive.extract(main, target)
    params = {"main": str(main.path), "others": listed(others)}
    notes = (Problem("kmz-others", dict(params), "warning"),) if others else ()
    return open_kml(target.read_bytes(), "kmz", task, choice, notes=notes)


def open_kml(
    raw: bytes,
    format_name: FormatName,
    task: ReadTask,
    choice: SourceChoice,
    *,
    notes: tuple[Problem, ...] = (),
) -> KMLSource:
    """Return the chosen folders of a KML.

    Raises
    ------
    SourceError
        Why it cannot be read; ``DecisionNeeded`` if several folders hold placemarks.
    """
    path = task.folder / "source.kml"
    encoding = write_utf8(raw, path, override=choice.encoding)
    del raw  # which may be large
    survey = surveyed(path)
    by_path = {folder_path: index for index, folder_path in survey.paths.items()}

    def describe(name: str) -> Description:
        folder = survey.folders[by_path[name]]
        return folder.reason, folder.names

    names = choose_layers(tuple(by_path), choice.layers, describe=describe)
    return KMLSource(
        KMLFile(format=format_name, encoding=encoding, survey=survey, notes=notes),
        chosen=tuple(by_path[name] for name in names),
        crs=choice.crs,
        datum=choice.datum,
        limits=task.limits,
    )
