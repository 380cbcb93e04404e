"""A vector tile read byte by byte, as the specification (2.1) words it; for tests alone."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

Place = tuple[int, int]
Scalar = str | int | float | bool

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7
POINT, LINE, POLYGON = 1, 2, 3


@dataclass
class TileFeature:
    """A feature as it stands in a tile; rings are closed."""

    id: int | None = None
    kind: int = 0
    commands: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    paths: list[list[Place]] = field(default_factory=list)
    properties: dict[str, Scalar] = field(default_factory=dict)

    @property
    def geometry(self) -> BaseGeometry:
        """The geometry in units of the tile, y downwards."""
        if self.kind == POINT:
            return shapely.MultiPoint([place for path in self.paths for place in path])
        if self.kind == LINE:
            return shapely.MultiLineString(self.paths)
        return shapely.MultiPolygon(
            [(rings[0], rings[1:]) for rings in self.polygons],
        )

    @property
    def polygons(self) -> list[list[list[Place]]]:
        """Rings by polygon: a ring of positive area begins one."""
        polygons: list[list[list[Place]]] = []
        for ring in self.paths:
            if ring_area(ring) > 0:
                polygons.append([ring])
            else:
                polygons[-1].append(ring)
        return polygons


@dataclass
class TileLayer:
    """A layer as it stands in a tile."""

    name: str = ""
    version: int = 0
    extent: int = 0
    keys: list[str] = field(default_factory=list)
    values: list[Scalar] = field(default_factory=list)
    features: list[TileFeature] = field(default_factory=list)

    def feature(self, feature_id: int) -> TileFeature:
        """Return the one feature of that id."""
        (found,) = [feature for feature in self.features if feature.id == feature_id]
        return found


def read_tile(data: bytes) -> dict[str, TileLayer]:
    """Return the layers of a tile by name."""
    layers = [_layer(content) for number, content in _fields(data) if number == 3]
    assert len({layer.name for layer in layers}) == len(layers)
    return {layer.name: layer for layer in layers}


def ring_area(ring: list[Place]) -> float:
    """Return the area of a closed ring by the surveyor's formula."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def _layer(data: bytes) -> TileLayer:
    layer, features = TileLayer(), []
    for number, content in _fields(data):
        match number:
            case 1:
                layer.name = content.decode()
            case 2:
                features.append(content)
            case 3:
                layer.keys.append(content.decode())
            case 4:
                layer.values.append(_value(content))
            case 5:
                layer.extent = content
            case 15:
                layer.version = content
            case _:
                raise AssertionError(f"field {number} in a layer")
    layer.features = [_feature(content, layer) for content in features]
    return layer


def _feature(data: bytes, layer: TileLayer) -> TileFeature:
    feature = TileFeature()
    for number, content in _fields(data):
        match number:
            case 1:
                feature.id = content
            case 2:
                feature.tags = list(_varints(content))
            case 3:
                feature.kind = content
            case 4:
                feature.commands = list(_varints(content))
            case _:
                raise AssertionError(f"field {number} in a feature")
    pairs = zip(feature.tags[::2], feature.tags[1::2], strict=True)
    feature.properties = {layer.keys[key]: layer.values[value] for key, value in pairs}
    feature.paths = read_commands(feature.commands)
    return feature


def read_commands(commands: list[int]) -> list[list[Place]]:
    """Return the paths that geometry commands draw."""
    paths: list[list[Place]] = []
    x = y = at = 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        assert count > 0
        if command == CLOSE_PATH:
            assert count == 1
            paths[-1].append(paths[-1][0])
            continue
        for _ in range(count):
            x, y, at = x + _signed(commands[at]), y + _signed(commands[at + 1]), at + 2
            if command == MOVE_TO:
                paths.append([(x, y)])
            else:
                assert command == LINE_TO
                paths[-1].append((x, y))
    return paths


def _value(data: bytes) -> Scalar:
    ((number, content),) = _fields(data)
    if number in (4, 5):  # int64, uint64
        return int(content) - (1 << 64 if number == 4 and content >= 1 << 63 else 0)
    if number in (2, 3):  # float, double
        return float(struct.unpack("<f" if number == 2 else "<d", content)[0])
    if number == 6:
        return _signed(content)
    assert number in (1, 7)
    return bool(content) if number == 7 else str(content, "utf-8")


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield number and content of each field of a message."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            content, at = _varint(data, at)
            yield number, content
            continue
        size, at = _varint(data, at) if wire == 2 else ({1: 8, 5: 4}[wire], at)
        assert at + size <= len(data)
        yield number, data[at : at + size]
        at += size


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while data[at] & 0x80:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return value | data[at] << shift, at + 1


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)
