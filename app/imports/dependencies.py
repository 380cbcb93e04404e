"""Named inputs of the routes about imports."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from app.imports.jobs import ImportJobs
from app.services import services_of


async def jobs_in_use(request: Request) -> ImportJobs:
    """Return the imports of this process."""
    return services_of(request).jobs


JobsDep = Annotated[ImportJobs, Depends(jobs_in_use)]
