"""Named inputs of the routes about imports."""

from typing import Annotated, NamedTuple

from fastapi import Depends
from starlette.requests import Request

from app.app_state import services_of
from app.imports.queue import ImportJobs
from app.revisions.routes import most_listed, skipped


async def jobs_in_use(request: Request) -> ImportJobs:
    """Return the imports of this process."""
    return services_of(request).jobs


JobsDep = Annotated[ImportJobs, Depends(jobs_in_use)]


class ChangesPage(NamedTuple):
    """Which changes an answer has."""

    offset: int
    limit: int


async def requested_page(
    offset: Annotated[int, Depends(skipped)], limit: Annotated[int, Depends(most_listed)]
) -> ChangesPage:
    """Return the page that is asked for."""
    return ChangesPage(offset, limit)
