"""Several layers of one file -> one source, each feature with the name of its layer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from zones.errors import SourceError
from zones.model import JSON, Problem
from zones.source.model import MapScale, Source, SourceBatch, SourceLayer

_LAYER_FIELD = "layer"


def merged(sources: Sequence[Source]) -> Source:
    """Return the layers as one; a single one as it is.

    Raises
    ------
    SourceError
        ``layers-crs-differ`` if they are not all in one reference system.
    """
    return sources[0] if len(sources) == 1 else _MergedSource(sources)


class _MergedSource:
    """Reads one layer after the other; features are numbered on."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        layers = [source.layer for source in sources]
        _refuse_other_systems(layers)
        types: dict[str, str] = {}
        for layer in layers:
            for name, kind in layer.field_types.items():
                types[name] = kind if types.get(name, kind) == kind else "mixed"
        self._field = _LAYER_FIELD
        while self._field.casefold() in map(str.casefold, types):
            self._field = f"source_{self._field}"
        names = [layer.layer or "" for layer in layers]
        self.layer = replace(
            layers[0],
            layer=", ".join(names),
            field_types={**types, self._field: "text"},
            fields={
                name: described
                for layer in reversed(layers)
                for name, described in layer.fields.items()
            },
            map_scale=_map_scale_of(layers),
            notes=_without_repeats([note for layer in layers for note in layer.notes]),
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features of all layers in turn, with the fraction of the file that is done."""
        offset = 0
        for place, source in enumerate(self._sources):
            last = 0
            for share, batch in source.batches():
                last = max(last, int(batch.numbers[-1])) if len(batch.numbers) else last
                yield (
                    (place + share) / len(self._sources),
                    self._of_layer(batch, source.layer.layer or "", offset),
                )
            offset += last

    def _of_layer(self, batch: SourceBatch, layer: str, offset: int) -> SourceBatch:
        rows: list[dict[str, JSON]] = [{**row, self._field: layer} for row in batch.properties]
        problems = tuple(_numbered_on(problem, offset) for problem in batch.problems)
        return replace(batch, numbers=batch.numbers + offset, properties=rows, problems=problems)


def _map_scale_of(layers: Sequence[SourceLayer]) -> MapScale | None:
    """Return the scale to ask about: one that a layer lacks, else the one that all of them have."""
    scales = [layer.map_scale for layer in layers if layer.map_scale is not None]
    lacking = [scale for scale in scales if not scale.is_named]
    distinct = lacking or list(dict.fromkeys(scales))
    return distinct[0] if lacking or len(distinct) == 1 else None


def _without_repeats(notes: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return the notes, each once: several layers of a file may say the same of it."""
    distinct: list[Problem] = []
    for note in notes:
        if note not in distinct:
            distinct.append(note)
    return tuple(distinct)


def _numbered_on(problem: Problem, offset: int) -> Problem:
    if problem.feature is None:
        return problem
    return replace(problem, feature=problem.feature + offset)


def _refuse_other_systems(layers: Sequence[SourceLayer]) -> None:
    systems = {layer.crs_finding.key or layer.crs_finding.name for layer in layers}
    if len(systems) > 1:
        listed = ", ".join(
            f"{layer.layer}: {layer.crs_finding.key or layer.crs_finding.name or '—'}"
            for layer in layers
        )
        raise SourceError("layers-crs-differ", layers=listed[:400])
