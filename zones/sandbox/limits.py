"""What one import may use at most: time, memory, disk, features and vertices."""

from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 1024 * 1024

DEEPEST_NESTING: Final = 4
"""How deep geometry collections may lie in each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one import; ``app.settings`` holds what an installation chose.

    ``cpu_s``, ``wall_s``, ``mem_mb`` (address space) and ``file_mb`` (largest file written) bind
    the process that reads the file; the operating system enforces them. ``unzipped_mb`` is the
    sum of an archive's members. MB means 2**20 bytes.
    """

    cpu_s: int = 30
    wall_s: int = 60
    mem_mb: int = 1024
    file_mb: int = 512
    unzipped_mb: int = 500
    max_features: int = 200_000
    max_vertices: int = 5_000_000
    max_vertices_per_feature: int = 200_000
