"""What a person is told of a drawing: what was left out of it, what stands beside its shapes."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

import shapely

from zones.formats.dxf.drawing import DXFDrawing, Entity
from zones.model import JSON, Problem

_MOST_KINDS = 12
_LISTED = 200
# Nothing to look at in model space: definitions, windows of a sheet; attributes are in properties.
_NO_SHAPE: Final = frozenset({"ATTDEF", "VIEWPORT", "ATTRIB"})


def drawing_notes(drawing: DXFDrawing) -> Iterator[Problem]:
    """Yield what concerns the drawing as a whole."""
    if drawing.curved:
        yield Problem("curves-straightened", {}, "note")
    if drawing.otherwise:
        params: dict[str, JSON] = {"count": drawing.otherwise, **drawing.first_otherwise}
        yield Problem("drawing-numbers-otherwise", params, "warning")
    if drawing.wrong_in_block is not None:
        yield Problem("drawing-block-number", dict(drawing.wrong_in_block))
    if drawing.data_cut:
        yield Problem("drawing-data-cut", {"count": drawing.data_cut}, "warning")
    hidden = [each.layer for each in drawing.entities if each.layer in drawing.hidden_layers]
    if hidden:
        params = {"count": len(hidden), "layers": ", ".join(dict.fromkeys(hidden))[:_LISTED]}
        yield Problem("drawing-hidden-layers", params, "note")
    if drawing.invisible:
        params = {"count": drawing.invisible.total(), "kinds": _listed(drawing.invisible)}
        yield Problem("drawing-invisible", params, "note")
    if in_paper := sum(entity.in_paper for entity in drawing.entities):
        yield Problem("drawing-paper-space", {"count": in_paper}, "note")


def lost_entities(
    drawing: DXFDrawing, met: Collection[int], *, layer: str | None
) -> tuple[Problem, ...]:
    """Return a warning of the entities of which nothing could be read, by kind and number.

    Parameters
    ----------
    met
        Places in the drawing of the entities that became features.
    layer
        The drawing's own layer that is wanted; None for all.
    """
    lost = [
        entity
        for index, entity in enumerate(drawing.entities)
        if index not in met
        and not entity.in_paper
        and entity.kind not in _NO_SHAPE
        and layer in (None, entity.layer)
    ]
    found = []
    if lost:
        kinds = Counter(entity.kind for entity in lost)
        layers = ", ".join(dict.fromkeys(entity.layer for entity in lost[:_MOST_KINDS]))
        params: dict[str, JSON] = {"count": len(lost), "kinds": _listed(kinds), "layers": layers}
        found.append(Problem("drawing-entities-lost", params, "warning"))
    if drawing.in_blocks:
        count = sum(drawing.in_blocks.values())
        in_blocks: dict[str, JSON] = {"count": count, "kinds": _listed(drawing.in_blocks)}
        found.append(Problem("drawing-blocks-lost", in_blocks, "warning"))
    return tuple(found)


def inserted_blocks(entities: Iterable[Entity], *, as_points: bool) -> Iterator[Problem]:
    """Yield what became of blocks: their lines, or the points where they were inserted."""
    names = Counter([entity.block for entity in entities if entity.block is not None])
    if names:
        code = "drawing-blocks-points" if as_points else "drawing-blocks-lines"
        yield Problem(code, {"count": names.total(), "blocks": _listed(names)}, "note")


def point_of(entity: Entity) -> shapely.Point | None:
    """Return where a block is inserted; None for anything else."""
    if entity.kind != "INSERT" or len(entity.at) != 2:  # noqa: PLR2004 - X and Y
        return None
    return shapely.Point(entity.at[b"10"], entity.at[b"20"])


def properties_of(entity: Entity, fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return a feature's fields with the drawing's own handle, block, data and attributes.

    A name that the fields have already gets a number.
    """
    properties: dict[str, JSON] = {**fields, "EntityHandle": entity.handle}
    block = {} if entity.block is None else {"Block": entity.block}
    for name, value in [*block.items(), *entity.data.items()]:
        free, number = name, 2
        while free in properties:
            free, number = f"{name}_{number}", number + 1
        properties[free] = value
    return properties


def _listed(kinds: Counter[str]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(_MOST_KINDS))
