"""What each code of a problem means: the place where a problem's ``type`` leads."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from app.dependencies import LangDep, text_of
from app.http.fault_status import NotFoundError
from app.http.links import Links
from app.http.negotiation import requested_form
from app.http.responses import state_response
from app.http.route_classes import StrictRoute
from app.pages.help_topics import topic_of_problem
from app.problems.problem_page import meaning_page
from zones.messages import catalogue

router = APIRouter(route_class=StrictRoute, tags=["operation"])


@router.get("/problems/{code}", name="problem", summary="某类问题的说明 / What a problem means")
def problem(
    request: Request,
    code: Annotated[str, Path(description="问题的代码 / its code")],
    lang: LangDep,
    f: Annotated[
        str | None, Query(description="格式 / form"), text_of("string", enum=["json", "html"])
    ] = None,
) -> Response:
    """Return the words of a problem; ``{name}`` stands for a value of the occasion.

    With them comes the page of the manual that helps; a browser gets a page that links to it.
    """
    words = catalogue().get(code)
    if words is None:
        raise NotFoundError("not-found", path=f"/problems/{code[:80]}")
    message, hint = words[lang], words.get(f"{lang}_hint")
    if requested_form(request, ("json", "html")) == "html":
        return meaning_page(request, code, message=message, hint=hint, lang=lang)
    manual = Links(request).to("help-page", page_id=topic_of_problem(code))
    document = {"code": code, "message": message, "hint": hint, "help": manual}
    return state_response(document, headers={"Cache-Control": "public, max-age=3600"})
