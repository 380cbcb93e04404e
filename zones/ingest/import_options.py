"""What a person decides about an import."""

from dataclasses import dataclass
from enum import StrEnum

from zones.ingest.diff_with_stored import ImportMode
from zones.ingest.field_mapping import FieldMapping
from zones.model import GeometryKind
from zones.source.reading_choices import Angles


class Match(StrEnum):
    """What tells the features of a file apart where no key is named.

    ``auto``: the file's ids, the collection's key, the likeliest unique field, else content.
    ``content``: what features hold and where they lie.
    """

    AUTO = "auto"
    CONTENT = "content"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the person importing decides; None leaves it to what the file says.

    Attributes
    ----------
    crs
        ``EPSG:4550``, ``gcj02``, ``bd09`` ...; overrules the file.
    datum
        ``gcj02`` or ``bd09`` if the degrees of the file's own system are shifted, ``none`` if
        they are not; so answered, nobody is asked.
    angles
        How degrees are written that may be both: ``dms`` is ``ddd.mmssss``, ``decimal`` is what
        it looks like.
    map_scale
        Denominator of the scale of a map whose coordinates are millimetres on paper; overrules
        the file.
    encoding
        Of the text.
    layer
        Name of a layer where the file has several; or the names of those to take, ``*`` for all.
    key
        Field that tells the features apart; the collection remembers it. See
        ``zones.ingest.match_method`` for what does where none is named.
    match
        Whether a key is looked for.
    repair
        Mend invalid geometries; each is reported.
    dry_run
        Stop before storing.
    allow_empty
        Let a file without features empty the collection.
    note
        Why, kept with the revision.
    mapping
        Which fields become which properties; None takes all as they are. With ``save_mapping`` it
        is kept, once the import is stored, to be offered at the next one.
    as_before
        Name the fields as in the last import into the collection, if they are all there.
    create
        Make the collection, in the same revision; ``title``, ``title_en`` and ``kinds`` describe
        it. Without ``kinds`` it takes the one kind that the file holds, else any.
    title_field
        The property that names the features, by its name or the one in the file; empty leaves
        it as it was, or to ``zones.ingest.title_field``.
    official
        The file holds official boundaries. Every feature is marked so and gets its ``accuracy_m``
        from the file, else this one, else ``ACCURACY_WHEN_UNSTATED_M``.
    accuracy_m
        How well official features are known of which the file does not say it, in metres.
    base_revision
        The revision that the person has compared the file with; when the collection has changed
        since, nothing is stored.
    """

    crs: str | None = None
    datum: str | None = None
    angles: Angles | None = None
    map_scale: float | None = None
    encoding: str | None = None
    layer: str | tuple[str, ...] | None = None
    mode: ImportMode = ImportMode.REPLACE
    key: str | None = None
    match: Match = Match.AUTO
    repair: bool = False
    dry_run: bool = False
    allow_empty: bool = False
    note: str = ""
    mapping: FieldMapping | None = None
    save_mapping: bool = False
    as_before: bool = False
    create: bool = False
    title: str = ""
    title_en: str = ""
    kinds: tuple[GeometryKind, ...] = ()
    title_field: str = ""
    official: bool = False
    accuracy_m: float | None = None
    base_revision: int | None = None
