"""The nouns: feature, collection, revision and what changes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from shapely.geometry.base import BaseGeometry

JSON = str | int | float | bool | None | list["JSON"] | dict[str, "JSON"]

GeometryKind = Literal["point", "line", "polygon"]
"""What a collection takes; each kind includes its multi-part form."""


class BBox(NamedTuple):
    """West, south, east, north in degrees (EPSG:4490)."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature as stored: geometry in EPSG:4490 (x = longitude), or none."""

    fid: str
    geometry: BaseGeometry | None
    properties: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class CodedValue:
    """A value that a property may have, and what it stands for."""

    code: str | int | float
    text: str


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What is known of a property besides its values: its title, and the texts of its codes."""

    name: str
    title: str = ""
    codes: tuple[CodedValue, ...] = ()


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """What is said of a collection, besides its features.

    ``kinds`` empty means any geometry. ``group`` is where the map's layer control puts it:
    ``zones``, ``axes``, ``belts``, ``subdistricts``, ``sites``, ``evidence``, ``base``, ``own``.
    ``part_of_plan`` collections cannot be dropped. ``title_field`` is the property that names the
    features, None for ``name``. ``fields`` are those of which something is known. ``key`` is the
    property, or the field of files, that tells features apart in imports. ``visible`` is whether
    maps show it at first, None where that is left to its group; ``colour`` is how they draw it,
    ``#rrggbb``; ``style`` how by values of a property, as JSON text for
    ``zones.drawing.staff_layer_style``. ``private`` ones are there only for those who have a right
    in them; None says nothing, and leaves it, when it is stored, as it was.
    """

    id: str
    title: str
    title_en: str
    description: str = ""
    description_en: str = ""
    kinds: frozenset[GeometryKind] = frozenset()
    group: str = "own"
    part_of_plan: bool = False
    order: int = 100
    title_field: str | None = None
    fields: tuple[FieldInfo, ...] = ()
    key: str | None = None
    source: str = ""
    licence: str = ""
    contact: str = ""
    keywords: tuple[str, ...] = ()
    visible: bool | None = None
    colour: str | None = None
    style: str | None = None
    private: bool | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one collection in a revision.

    ``put`` adds features or replaces those of the same fid; ``remove`` names fids that end.
    ``collection`` is given when the change also makes the collection or renews its description.
    """

    collection_id: str
    put: Sequence[Feature] = ()
    remove: Sequence[str] = ()
    collection: CollectionInfo | None = None
    drop: bool = False


@dataclass(frozen=True, slots=True)
class RevisionNote:
    """Who makes a revision and why; the source file when there was one."""

    who: str
    why: str
    source_name: str | None = None
    source_sha256: str | None = None
    source_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One committed change of the store; ``number`` counts from 1 without gaps.

    ``pruned`` are those of its collections of which what they were then is no longer stored.
    """

    number: int
    at: datetime
    note: RevisionNote
    collections: tuple[str, ...]
    pruned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Delta:
    """Everything that differs between two revisions, oldest state first.

    ``put`` and ``remove`` are by collection id; a collection that is new or re-described is in
    ``collections``, one that ended is in ``dropped``. ``touched`` maps every collection that
    changed to the number of the last revision that changed it. ``unread`` names the collections of
    which so much changed that it was not read.
    """

    since: int
    to: int
    collections: tuple[CollectionInfo, ...] = ()
    dropped: tuple[str, ...] = ()
    put: Mapping[str, Sequence[Feature]] = field(default_factory=dict)
    remove: Mapping[str, Sequence[str]] = field(default_factory=dict)
    touched: Mapping[str, int] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of a check: code and values of a message, and where it was found.

    ``feature`` counts from 1 as in the file, ``field`` is an attribute's name, ``lon``/``lat``
    the place on the map.
    """

    code: str
    params: Mapping[str, JSON] = field(default_factory=dict)
    severity: Literal["error", "warning", "note"] = "error"
    feature: int | None = None
    field: str | None = None
    lon: float | None = None
    lat: float | None = None
