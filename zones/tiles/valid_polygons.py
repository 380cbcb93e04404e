"""Polygons as a vector tile demands them: on whole units, valid, and wound the right way.

Version 2.1 of the specification, clause 4.3.4.4: rings without self-intersection or
self-tangency, the outer ring first and of positive area by the surveyor's formula in tile
coordinates (clockwise on a screen, where y grows downwards), its holes negative and within it.
"""

import numpy as np
import shapely

from zones.ragged_arrays import Flags, Integers, run_starts
from zones.tiles.paths import (
    LEAST_VERTICES,
    Floats,
    Geometries,
    GeomType,
    Paths,
    joined,
    paths_from,
)
from zones.tiles.shapes_on_grid import parts_of_kind


def valid_polygons(rings: Paths) -> Paths:
    """Return rings on whole units that make valid polygons of the same area as near as can be.

    Rounding and simplifying may draw a border over itself, and cutting joins what it divides
    along the box's edge. Such features are divided into simple parts, rounded once more, so that
    they may end in more polygons than they began with, or in none; they come after the others.
    """
    rings = rings.only(rings.with_shells(rings.counts >= LEAST_VERTICES[GeomType.POLYGON]))
    areas, star_shaped = ring_shapes(rings)
    # A ring of more corners without area may be a bow tie.
    true = rings.with_shells((areas != 0) | (rings.counts > LEAST_VERTICES[GeomType.POLYGON]))
    rings, areas, star_shaped = rings.only(true), areas[true], star_shaped[true]
    wound = rings.reversed((areas > 0) != rings.shell)
    broken = _broken(wound, star_shaped)
    if not broken.any():
        return wound
    return joined(wound.only(~broken), _mended(wound.only(broken)))


def ring_shapes(rings: Paths) -> tuple[Floats, Flags]:
    """Return the area of each ring, none of them empty, and whether it is surely simple.

    A ring that turns one way around its middle, and once, does not meet itself. Most rings of
    most maps do, and need no further test. The middle is on whole units, and so for rings on
    whole units the area is exact; it is positive where x turns towards y.
    """
    if not len(rings):
        return np.zeros(0), np.zeros(0, dtype=bool)
    begin, end = rings.ends
    counts = rings.counts
    x = rings.x - np.rint(np.add.reduceat(rings.x, begin) / counts).repeat(counts)
    y = rings.y - np.rint(np.add.reduceat(rings.y, begin) / counts).repeat(counts)
    cross, falls, upper = np.empty_like(x), np.empty(len(x), dtype=bool), y >= 0
    cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross[end] = x[end] * y[begin] - x[begin] * y[end]
    falls[:-1] = upper[:-1] > upper[1:]
    falls[end] = upper[end] > upper[begin]
    one_way = np.minimum.reduceat(cross, begin) > 0
    one_way |= np.maximum.reduceat(cross, begin) < 0
    rounds = np.add.reduceat(falls, begin, dtype=np.int64)
    return np.add.reduceat(cross, begin) / 2, one_way & (rounds == 1)


def _broken(rings: Paths, star_shaped: Flags) -> Flags:
    """Return which rings are of features that are not valid."""
    first = run_starts(rings.owner)
    counts = np.diff(np.append(first, len(rings)))
    doubtful = np.repeat((counts > 1) | ~star_shaped[first], counts)
    if doubtful.any():
        valid = shapely.is_valid(_features(rings.only(doubtful)))
        doubtful[doubtful] = ~np.repeat(valid, counts[doubtful[first]])
    return doubtful


def _features(rings: Paths) -> Geometries:
    """Return for each owner the polygon, or polygons, of its rings."""
    xy = np.empty((len(rings.x), 2))
    xy[:, 0], xy[:, 1] = rings.x, rings.y
    made = shapely.linearrings(xy, indices=rings.path_of_vertex)
    polygons = shapely.polygons(made, indices=rings.polygon)
    owner = rings.owner[rings.shell]
    first = run_starts(owner)
    if len(first) < len(owner):
        counts = np.diff(np.append(first, len(owner)))
        polygons = shapely.multipolygons(polygons, indices=np.repeat(np.arange(len(first)), counts))
    features: Geometries = polygons
    return features


def _mended(rings: Paths) -> Paths:
    owners = rings.owner[run_starts(rings.owner)]
    parts, feature = parts_of_kind(_valid(_features(rings)), GeomType.POLYGON)
    xy = shapely.get_coordinates(parts)
    if (xy != np.rint(xy)).any():
        parts, feature = _snapped(parts, feature)
    mended = paths_from(parts, owners[feature], GeomType.POLYGON)
    return mended.reversed((ring_shapes(mended)[0] > 0) != mended.shell)


def _snapped(parts: Geometries, feature: Integers) -> tuple[Geometries, Integers]:
    """Return the parts of features on whole units; rounding each would make some of them meet."""
    features, place = np.unique(feature, return_inverse=True)
    snapped = shapely.set_precision(shapely.multipolygons(parts, indices=place), 1.0)
    parts, place = parts_of_kind(snapped, GeomType.POLYGON)
    return parts, features[place]


def _valid(features: Geometries) -> Geometries:
    """Return the features made valid; lines may be among their parts."""
    valid: Geometries
    try:
        valid = shapely.make_valid(features, method="structure", keep_collapsed=False)
    except shapely.errors.GEOSException:
        valid = shapely.make_valid(features, method="linework")
    # GEOS 3.14 fails at one of 100,000 random polygons by this method, and leaves a hole astride
    # its shell in one of 20,000. The other is slower, and fills what an uneven number of rings
    # surround: a sliver that two parts share is left out, one of a hole beyond its shell filled.
    broken = ~shapely.is_valid(valid)
    if broken.any():
        valid[broken] = shapely.make_valid(features[broken], method="linework")
    return valid
