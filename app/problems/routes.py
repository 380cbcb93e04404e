"""What each code of a problem means: the place where a problem's ``type`` leads."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.dependencies import LangDep
from app.http.errors import NotFoundError
from app.http.responses import state_response
from app.http.routing import StrictRoute
from zones.messages import catalogue

router = APIRouter(route_class=StrictRoute, tags=["operation"])


@router.get("/problems/{code}", name="problem", summary="某类问题的说明 / What a problem means")
def problem(
    code: Annotated[str, Path(description="问题的代码 / its code")], lang: LangDep
) -> Response:
    """Return the words of a problem; ``{name}`` stands for a value of the occasion."""
    words = catalogue().get(code)
    if words is None:
        raise NotFoundError("not-found", path=f"/problems/{code[:80]}")
    document = {"code": code, "message": words[lang], "hint": words.get(f"{lang}_hint")}
    return state_response(document, headers={"Cache-Control": "public, max-age=3600"})
