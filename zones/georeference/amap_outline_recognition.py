"""Whether features have the form of the outlines that AMap and DataV give away.

Those are in GCJ-02 and nothing in them says so; their properties do not change when others make
shapefiles or tables of them, but for names cut at ten bytes.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final

_CODE: Final = "adcode"
_SIGNS: Final = frozenset(
    {"acroutes", "subfeatureindex", "subfeature", "childrennum", "childrennu"}
)
"""Names that nobody else uses."""
_USUAL: Final = frozenset({"center", "centroid", "citycode", "level", "parent", "parent_adcode"})
_ENOUGH: Final = 2
_LOOKED_AT: Final = 200  # rows of a batch: those of one table have the same names


@dataclass(slots=True)
class AmapForm:
    """Looks at the properties of features; ``fields`` are the names that gave the form away."""

    fields: tuple[str, ...] = field(default=())

    def take(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Look at some rows of a batch, evenly taken, until the form is recognised."""
        if self.fields:
            return
        before: Set[str] = frozenset()
        for row in rows[:: -(-len(rows) // _LOOKED_AT) or 1]:
            if row.keys() == before:
                continue
            before = row.keys()
            if found := amap_fields(row):
                self.fields = found
                return


def amap_fields(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of properties by which AMap's form is recognised; none if it is another.

    Examples
    --------
    >>> amap_fields(["adcode", "name", "level", "acroutes"])
    ('adcode', 'level', 'acroutes')
    >>> amap_fields(["adcode", "name", "level"])
    ()
    """
    by_name = {name.strip().lower(): name for name in names}
    signs, usual = _SIGNS & by_name.keys(), _USUAL & by_name.keys()
    has_code = _CODE in by_name
    if not (len(signs) >= _ENOUGH or (has_code and (signs or len(usual) >= _ENOUGH))):
        return ()
    signs_of_amap = {_CODE, *signs, *usual}
    return tuple(name for lowered, name in by_name.items() if lowered in signs_of_amap)
