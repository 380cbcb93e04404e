"""Geometries in WKB as other programs write them."""

import struct

import numpy as np
import pytest
import shapely

from zones.formats.wkb import geometries_from_wkb

RING = [(123.4, 41.78), (123.401, 41.78), (123.401, 41.781), (123.4, 41.781)]


def polygon_wkb(ring: list[tuple[float, float]]) -> bytes:
    flat = [number for vertex in ring for number in vertex]
    return struct.pack(f"<BIII{len(flat)}d", 1, 3, 1, len(ring), *flat)


@pytest.mark.parametrize("slip", [0.0, 1e-10, -1e-10, 3e-13])
def test_a_ring_that_ends_beside_its_start_is_closed_there(slip: float) -> None:
    raw = polygon_wkb([*RING, (123.4 + slip, 41.78)] if slip else RING)
    built = geometries_from_wkb(np.array([raw, None], object), np.array([1, 2]))
    assert shapely.equals_exact(built.geometries[0], shapely.Polygon(RING))
    assert [problem.code for problem in built.problems] == ["rings-closed"]


def test_a_ring_that_is_farther_open_gets_one_side_more() -> None:
    raw = polygon_wkb([*RING, (123.4, 41.7805)])
    (geometry,) = geometries_from_wkb(np.array([raw], object), np.array([1])).geometries
    assert shapely.get_num_coordinates(geometry) == 6


@pytest.mark.parametrize(
    ("raw", "code", "params"),
    [
        (struct.pack("<BII2d", 1, 2, 1, 123.4, 41.78), "line-too-short", {}),
        (struct.pack("<BII", 1, 15, 0), "geometry-kind-unread", {"kind": "PolyhedralSurface"}),
        (struct.pack("<BII", 1, 16, 0), "geometry-kind-unread", {"kind": "TIN"}),
        (struct.pack("<BII", 1, 99, 0), "geometry-broken", {"reason": "WKB"}),
        (b"\x01\x03", "geometry-broken", {"reason": "WKB"}),
    ],
)
def test_what_cannot_be_built_is_told_in_our_words(
    raw: bytes, code: str, params: dict[str, str]
) -> None:
    (told,) = geometries_from_wkb(np.array([raw], object), np.array([7])).problems
    assert (told.code, told.params, told.feature) == (code, params, 7)
