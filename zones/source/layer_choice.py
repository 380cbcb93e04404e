"""Which layers of a file are meant: those that are named, the only one, or a question."""

from collections.abc import Callable, Sequence
from typing import Final

from zones.errors import SourceError
from zones.properties.one_map_dictionary import layer_title
from zones.questions_to_people import MOST_CANDIDATES, Candidate, Reason, layer_undecided

ALL_LAYERS: Final = "*"
_MOST_NAMES_SHOWN = 20
_SHOWN = 80

Description = tuple[Reason | None, Sequence[str]]
"""What speaks for a layer: its features counted, and texts of the first of them."""


def named_layers(option: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the layers that a person names: none, one or several."""
    if option is None:
        return ()
    return (option,) if isinstance(option, str) else tuple(option)


def choose_layers(
    names: Sequence[str],
    requested: Sequence[str],
    *,
    describe: Callable[[str], Description],
) -> tuple[str, ...]:
    """Return the layers to read, in the order of the file.

    A layer in folders may be named by its last name alone where no other has it.

    Raises
    ------
    SourceError
        ``no-layers``, ``layer-unknown``; or ``DecisionNeeded`` if there are several and none is
        named.
    """
    if not names:
        raise SourceError("no-layers")
    if not requested and len(names) > 1:
        raise layer_undecided(_candidates(names, describe), listed=listed(names))
    if not requested or ALL_LAYERS in requested:
        return tuple(names)
    found = {_known(name, names) for name in requested}
    return tuple(name for name in names if name in found)


def _known(requested: str, names: Sequence[str]) -> str:
    meant = requested.casefold()
    for name in names:
        if meant in (name.casefold(), f"{name}.shp".casefold()):
            return name
    ends = [name for name in names if name.casefold().endswith(f"/{meant}")]
    if len(ends) == 1:
        return ends[0]
    raise SourceError("layer-unknown", layer=requested[:_SHOWN], layers=listed(names))


def _candidates(names: Sequence[str], describe: Callable[[str], Description]) -> list[Candidate]:
    """Return the layers, those with most features first; in the file's order where they are equal.

    Only so many are looked into as are offered.
    """
    described = [(name, *describe(name)) for name in names[:MOST_CANDIDATES]]
    described.sort(key=lambda one: -int(one[1].params.get("features", 0)) if one[1] else 0)
    return [
        Candidate({"layer": name}, (*_titled(name), *((reason,) if reason else ())), tuple(samples))
        for name, reason, samples in described
    ]


def _titled(name: str) -> tuple[Reason, ...]:
    """Return what offices call the layer, where that is known and is not its name."""
    title = layer_title(name)
    return (Reason("reason-one-map", {"title": title}),) if title and title != name else ()


def listed(names: Sequence[str]) -> str:
    """Return the first names in one line, and how many more there are."""
    more = len(names) - _MOST_NAMES_SHOWN
    shown = ", ".join(names[:_MOST_NAMES_SHOWN]) or "—"
    return f"{shown} … (+{more})" if more > 0 else shown
