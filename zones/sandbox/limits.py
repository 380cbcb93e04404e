"""What one import may use at most: time, memory, disk, features and vertices; and setting it.

The rights that the child gives up besides are in ``zones.sandbox.landlock_seccomp``.
"""

import os
import resource
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEBIBYTE: Final = 1024 * 1024

DEEPEST_NESTING: Final = 4
"""How deep geometry collections may lie in each other."""

_MOST_PROCESSES: Final = 32
_MOST_OPEN_FILES: Final = 600  # of a zip, all files may be wanted at once
_CPU_GRACE_S: Final = 2


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


def limit_resources(limits: Limits) -> None:
    """Set the limits that the operating system enforces on this process, and yield to others."""
    memory, file = limits.mem_mb * MEBIBYTE, limits.file_mb * MEBIBYTE
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + _CPU_GRACE_S),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_FSIZE, file, file),
        (resource.RLIMIT_NPROC, _MOST_PROCESSES, _MOST_PROCESSES),
        (resource.RLIMIT_NOFILE, _MOST_OPEN_FILES, _MOST_OPEN_FILES),
    ):
        _, most = resource.getrlimit(kind)
        limits_of_kind = (
            (soft, hard) if most == resource.RLIM_INFINITY else (min(soft, most), min(hard, most))
        )
        resource.setrlimit(kind, limits_of_kind)
    os.nice(10)  # look-ups of the service come first
    with suppress(OSError):  # and when memory runs out, this process goes before the service
        Path("/proc/self/oom_score_adj").write_text("1000")
