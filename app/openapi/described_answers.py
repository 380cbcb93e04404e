"""What operations answer with, told in one place: a route that says nothing is described rightly.

Media types follow from the forms that the parameter ``f`` offers, problems from what an operation
names, takes and changes. A route says only what cannot be known from that.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from app.http.negotiation import MEDIA_TYPES
from app.http.responses import JSON_TYPE
from app.openapi.answer_schemas import SCHEMAS, reference
from app.problems.problem_document import PROBLEM_JSON
from zones.messages import say

JSONObject = dict[str, Any]

OF_ALL: Final = (400, 401, 403, 414, 429, 431, 503)
OF_WHAT_IS_NAMED: Final = (404,)
OF_REVISIONS: Final = (410,)
OF_BODIES: Final = (413, 415, 422)
OF_CHANGES: Final = (409, 412, 507)
NAMING: Final = frozenset({"revision", "of", "by", "collections"})
"""Query parameters that name something that may not be there."""
FORMER: Final = frozenset({"revision", "dim_revision", "time"})
"""Query parameters that name a former state, which may have been pruned."""

NOT_MODIFIED: Final = {"description": "未改变（If-None-Match）/ not modified"}
NO_CONTENT: Final = "204"
ANYTHING: Final[JSONObject] = {"schema": {}}
"""What FastAPI says of an answer when a route says nothing."""

_BINARY: Final = {"type": "string", "format": "binary"}
_SCHEMA_OF_TYPE: Final[dict[str, JSONObject]] = {
    JSON_TYPE: {"type": "object"},
    "application/geo+json": {"type": "object"},
    "application/schema+json": {"type": "object"},
    "text/html": {"type": "string"},
    "text/csv": {"type": "string"},
    "text/plain": {"type": "string"},
}


def answers(
    media_type: str,
    schema: str | None = None,
    *,
    status: int = 200,
    description: str = "回答 / the answer",
) -> dict[int | str, JSONObject]:
    """Return a route's ``responses``: its media type, and one of our schemas by name."""
    content = {} if schema is None else {"schema": reference(schema)}
    return {status: {"description": description, "content": {media_type: content}}}


def problem_answers(*statuses: int) -> dict[int | str, JSONObject]:
    """Return a route's ``responses`` for problems that do not follow from what it takes.

    What they are called is said in the document alone: routes are made at every start, for which
    the catalogue of all words need not be read.
    """
    content = {PROBLEM_JSON: {"schema": reference("Problem")}}
    return {status: {"content": content} for status in statuses}


def components() -> JSONObject:
    """Return the schemas, and the problem that stands for each status."""
    problem = {
        PROBLEM_JSON: {"schema": reference("Problem")},
        "text/html": {"schema": _SCHEMA_OF_TYPE["text/html"]},
    }
    statuses = sorted({*OF_ALL, *OF_WHAT_IS_NAMED, *OF_REVISIONS, *OF_BODIES, *OF_CHANGES})
    return {
        "schemas": dict(SCHEMAS),
        "responses": {
            f"Problem{status}": {"description": _in_words(status), "content": problem}
            for status in statuses
        },
    }


def complete_answers(path: str, method: str, operation: JSONObject, *, changes: bool) -> None:
    """Put into an operation of the document whatever it answers with.

    Parameters
    ----------
    changes
        Whether the operation changes the store.
    """
    responses = operation["responses"]
    responses.pop("422", None)  # the framework's own
    for status, response in responses.items():
        if status.startswith("2") and status != NO_CONTENT:
            response["content"] = _content(response.get("content", {}), _forms(operation))
        elif PROBLEM_JSON in response.get("content", {}):
            response["description"] = _in_words(int(status))
    if method == "get":
        responses.setdefault("304", NOT_MODIFIED)
    for problem in _problems(path, operation, changes=changes):
        shared_answer = {"$ref": f"#/components/responses/Problem{problem}"}
        known = responses.get(str(problem))
        responses[str(problem)] = shared_answer if known is None else _with_problem(known)


def _content(declared: JSONObject, forms: Iterable[str]) -> JSONObject:
    schemas = {name: schema for name, schema in declared.items() if schema != ANYTHING}
    types = [*schemas, *_types(forms, schemas)] or [JSON_TYPE]
    return {
        name: schemas.get(name) or {"schema": _SCHEMA_OF_TYPE.get(name, _BINARY)} for name in types
    }


def _types(forms: Iterable[str], named_types: Iterable[str]) -> Iterator[str]:
    """Yield the media types of forms; ``json`` is whichever kind of JSON a route declared."""
    is_kind_of_json = any(name.endswith("json") for name in named_types)
    for form in forms:
        name = MEDIA_TYPES.get(form)
        if (
            name is not None
            and name not in named_types
            and not (form == "json" and is_kind_of_json)
        ):
            yield name


def _forms(operation: JSONObject) -> list[str]:
    offered = (
        each["schema"].get("enum", [])
        for each in operation.get("parameters", [])
        if each["name"] == "f"
    )
    return next(offered, [])


def _problems(path: str, operation: JSONObject, *, changes: bool) -> Iterator[int]:
    yield from OF_ALL
    if "{" in path or not NAMING.isdisjoint(p["name"] for p in operation.get("parameters", [])):
        yield from OF_WHAT_IS_NAMED
    if "/revisions/{" in path or not FORMER.isdisjoint(
        p["name"].lower() for p in operation.get("parameters", [])
    ):
        yield from OF_REVISIONS
    if "requestBody" in operation:
        yield from OF_BODIES
    if changes:
        yield from OF_CHANGES


def _with_problem(response: JSONObject) -> JSONObject:
    problem = {PROBLEM_JSON: {"schema": reference("Problem")}}
    return {**response, "content": {**response.get("content", {}), **problem}}


def _in_words(status: int) -> str:
    return " / ".join(say(f"status-{status}", lang).message for lang in ("zh", "en"))
