"""GDAL writes a large layer in a process of its own.

pyogrio keeps the interpreter until the last feature and the index are written: some microseconds
a feature, in which the event loop of a service would stand still.
"""

import os
import pickle
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zones import PACKAGE_DIR
from zones.memory.work_in_slices import slices

_SHOWN: Final = 200
_COMMAND: Final = ("-s", "-P", "-B", "-X", "utf8", "-m", "zones.export.gdal_process")
_BYTES_AT_ONCE: Final = 1 << 19


def write_in_process(
    path: Path, wkb: Any, values: list[Any], masks: list[Any], **more: Any
) -> None:
    """Write shapes and columns as ``pyogrio.raw.write`` does; the layer travels in pieces.

    Raises
    ------
    OSError
        If GDAL cannot write the file.
    """
    parts = list(slices(sizes_of(wkb), _BYTES_AT_ONCE))
    with tempfile.TemporaryFile() as faults:
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(PACKAGE_DIR.parent)}
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *_COMMAND], stdin=subprocess.PIPE, stderr=faults, env=environment
        )
        with process, suppress(BrokenPipeError):  # it ended early, and says why
            assert process.stdin is not None  # noqa: S101 - it is a pipe
            pickle.dump((str(path), len(parts), more), process.stdin)
            for part in parts:
                columns = [[None if each is None else each[part] for each in values + masks]]
                pickle.dump((wkb[part], *columns), process.stdin)
            process.stdin.close()
        if process.returncode:
            faults.seek(0)
            raise OSError(_last_line(faults.read()))


def sizes_of(wkb: Any) -> NDArray[np.int64]:
    """Return how many bytes each shape has."""
    return np.array([0 if shape is None else len(shape) for shape in wkb], dtype=np.int64)


def _last_line(faults: bytes) -> str:
    lines = faults.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:_SHOWN] if lines else ""


def main() -> None:
    """Write the layer that comes on standard input."""
    from pyogrio import raw

    # It comes from the process that started this one, and from nobody else.
    path, count, more = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that began this one
    parts = [pickle.load(sys.stdin.buffer) for _ in range(count)]  # noqa: S301 - from the process that began this one
    wkb = np.concatenate([shapes for shapes, _ in parts])
    columns = [
        None if pieces[0] is None else np.concatenate(pieces)
        for pieces in zip(*(columns for _, columns in parts), strict=True)
    ]
    middle = len(columns) // 2
    raw.write(path, wkb, columns[:middle], field_mask=columns[middle:], **more)


if __name__ == "__main__":
    main()
