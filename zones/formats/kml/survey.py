"""A KML -> its placemarks, and what its folders hold, before one of them is taken."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from zones.errors import SourceError
from zones.formats.kml.datum import datums_of_containers
from zones.formats.kml.elements import Outline
from zones.formats.kml.fields import FieldKey, Schemas, schemas_of, titles_in, titles_of
from zones.formats.kml.folders import folder_paths
from zones.formats.kml.placemarks import PlacemarkRecord, record_of
from zones.formats.kml.walk import walk
from zones.model import JSON, Problem
from zones.quality.attribute_check import MOST_FIELDS
from zones.questions_to_people import Reason

_MOST_SAMPLES, _LONGEST_SAMPLE = 3, 40
_MOST_KINDS = 5
_LISTED = 200


@dataclass(slots=True)
class Folder:
    """The placemarks that lie directly in one folder: how many, of what kinds, with what."""

    count: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    names: list[str] = field(default_factory=list)
    fields: dict[FieldKey, None] = field(default_factory=dict)
    schemas: dict[str, None] = field(default_factory=dict)
    datums: Counter[str] = field(default_factory=Counter)

    def take(self, placemark: PlacemarkRecord) -> None:
        """Count a placemark."""
        self.count += 1
        for kind in placemark.kinds or ("—",):
            self.kinds[kind] += 1
        self.datums[placemark.datum] += 1
        for key, _, schema in placemark.fields:
            self.fields[key] = None
            if schema is not None:
                self.schemas[schema] = None
        if placemark.name != "—" and len(self.names) < _MOST_SAMPLES:
            self.names.append(placemark.name[:_LONGEST_SAMPLE])

    @property
    def reason(self) -> Reason:
        """What speaks for the folder when it is offered."""
        return Reason("reason-layer", {"features": self.count, "kind": counted(self.kinds)})


@dataclass(frozen=True, slots=True)
class KMLSurvey:
    """What a KML holds; ``folders`` and ``paths`` by index of the outline's containers.

    ``datums`` is what each container says of its placemarks' datum.
    """

    outline: Outline
    placemarks: list[PlacemarkRecord]
    folders: dict[int, Folder]
    paths: dict[int, str]
    schemas: Schemas
    titles: dict[str, str]
    datums: list[str]

    def named_datums(self, chosen: Iterable[int]) -> Counter[str]:
        """Return how many placemarks of these folders name which datum; "" counts those silent."""
        counts: Counter[str] = Counter()
        for index in chosen:
            for word, count in self.folders[index].datums.items():
                counts[word or self.datums[index]] += count
        return counts

    def fields(self, chosen: Iterable[int]) -> list[FieldKey]:
        """Return the fields of these folders' placemarks, those of their schemas in its order."""
        folders = [self.folders[index] for index in chosen]
        of_schemas = (
            (False, name, 0)
            for folder in folders
            for schema in folder.schemas
            for name in self.schemas.get(schema, ())
        )
        met = (key for folder in folders for key in folder.fields)
        return list(dict.fromkeys((*of_schemas, *met)))

    def notes(self) -> tuple[Problem, ...]:
        """Return what of the file is not read."""
        unread = self.outline.unread.copy()
        links = unread.pop("NetworkLink", 0)
        found: list[Problem] = []
        if links:
            params: dict[str, JSON] = {"count": links, "link": self.outline.links[0] or "—"}
            found.append(Problem("kml-links", params, "note"))
        if unread:
            found.append(Problem("kml-not-read", {"kinds": counted(unread)}, "note"))
        if self.outline.hidden:
            found.append(Problem("kml-hidden", {"count": self.outline.hidden}, "note"))
        outline = self.outline
        met = {"element": outline.foreign, "part": outline.within, "markup": outline.markup}
        for kind, unread_parts in met.items():
            for name, first in unread_parts.items():
                params = {kind: name, "count": first.count}
                params |= {"name": first.placemark, "line": first.line}
                found.append(Problem(f"kml-{kind}-unread", params, "warning"))
        of_folders = (*self._data_of_folders(), *self.outline.folder_elements)
        if names := list(dict.fromkeys(of_folders)):
            listed = ", ".join(names)[:_LISTED]
            found.append(Problem("kml-folder-data", {"names": listed}, "note"))
        return tuple(found)

    def _data_of_folders(self) -> Iterator[str]:
        """Yield the names of data that folders have themselves, apart from a datum."""
        for container, datum in zip(self.outline.containers, self.datums, strict=True):
            for extended in container.elements:
                if extended.name == "ExtendedData":
                    data = (each for each in extended.all_within() if "name" in each.attributes)
                    texts = ((each.attributes["name"], each.all_text()) for each in data)
                    yield from (name for name, text in texts if text and text != datum)


def surveyed(path: Path) -> KMLSurvey:
    """Return what a KML text in UTF-8 holds.

    Raises
    ------
    SourceError
        If it is not sound, or holds no placemarks: ``kml-only-links``, ``kml-only-pictures``,
        ``no-layers``.
    """
    folders: dict[int, Folder] = {}
    records: list[PlacemarkRecord] = []
    outline = Outline()
    shown: dict[str, str] = {}
    for met, placemarks in walk(path):
        outline = met
        for placemark in placemarks:
            shown.update(titles_in(placemark.element))
        for record in map(record_of, placemarks):
            records.append(record)
            folder = folders.setdefault(record.container, Folder())
            folder.take(record)
            if len(folder.fields) > MOST_FIELDS:
                raise SourceError("too-many-fields", most=MOST_FIELDS)
    if not folders:
        raise _nothing_in(outline)
    containers = outline.containers
    return KMLSurvey(
        outline,
        records,
        folders,
        folder_paths(containers, folders),
        schemas_of(containers),
        {**shown, **titles_of(containers)},
        datums_of_containers(containers),
    )


def counted(kinds: Counter[str]) -> str:
    """Return kinds with their numbers, the most frequent first.

    Examples
    --------
    >>> counted(Counter(Point=2, Polygon=3))
    'Polygon × 3, Point × 2'
    """
    return ", ".join(f"{kind} × {count}" for kind, count in kinds.most_common(_MOST_KINDS))


def _nothing_in(outline: Outline) -> SourceError:
    if outline.unread["NetworkLink"]:
        link = next(filter(None, outline.links), "—")
        return SourceError("kml-only-links", count=outline.unread["NetworkLink"], link=link)
    if outline.unread:
        return SourceError("kml-only-pictures", kinds=counted(outline.unread))
    return SourceError("no-layers")
