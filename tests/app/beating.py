"""A service whose event loop beats: each time that it could not for long is written to a file.

A machine that is busy with others holds up everything, and that is no fault of the service. So
what counts is the time on the clock without that in which the loop's thread was ready to run but
was given no processor, and no more than the processor time of the whole process: a thread that
keeps the interpreter for itself counts as much as work on the loop.

Run as ``python -m tests.app.beating FILE``, with the settings in the environment.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

import uvicorn
import uvloop

from app.main import create_app
from app.server.startup import prepare
from app.settings import Settings

BEAT_S = 0.001
WORTH_NOTING_S = 0.01


async def beat(file: Path) -> None:
    """Write a line for each beat that came late, in seconds."""
    with file.open("w", buffering=1) as lines:
        last = now()
        while True:
            await asyncio.sleep(BEAT_S)
            wall, worked = (b - a for a, b in zip(last, now(), strict=True))
            if (pause := min(wall, worked)) > WORTH_NOTING_S:
                lines.write(f"{pause:.4f}\n")
            last = now()


def now() -> tuple[float, float]:
    """Return the time on the clock without that spent waiting for a processor, and that worked."""
    try:
        waited = int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except OSError:  # a kernel that does not tell
        waited = 0.0
    return time.monotonic() - waited, time.process_time()


async def serve(settings: Settings, file: Path) -> None:
    """Serve until told to end."""
    app = create_app(settings)
    config = uvicorn.Config(app, port=settings.port, http="httptools", log_level="warning")
    beating = asyncio.create_task(beat(file))
    await uvicorn.Server(config).serve()
    beating.cancel()


def longest_pause(file: Path, ask: Callable[[], object]) -> float:
    """Return for how many seconds at most the loop stood still while something was asked for."""
    before = file.stat().st_size
    ask()
    time.sleep(0.05)
    with file.open() as lines:
        lines.seek(before)
        return max((float(line) for line in lines if line.endswith("\n")), default=0.0)


if __name__ == "__main__":
    given = Settings()
    prepare(given)
    uvloop.run(serve(given, Path(sys.argv[1])))
