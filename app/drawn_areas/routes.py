"""The page on which an area is drawn or pasted, and the answer to what it takes in."""

from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.app_state import services_of
from app.dependencies import CRS_KEYS, LangDep, SnapshotDep, text_of
from app.drawn_areas.areas_as_geojson import areas_document
from app.drawn_areas.drawing_page import sketch_page
from app.http import parameters
from app.http.fault_status import MediaTypeError, RequestError
from app.http.raw_headers import media_type
from app.http.responses import GEOJSON_TYPE, JSON_TYPE, state_response
from app.http.route_classes import StrictRoute
from app.openapi.described_answers import answers
from app.problems.problem_document import problem_response
from zones.errors import SourceError
from zones.ingest.import_report import problem_as_json
from zones.ingest.pasted_areas import PastedOptions
from zones.ingest.question_report import question_as_json
from zones.ingest.read_source import Reading
from zones.messages import Lang
from zones.source.model import NOT_SHIFTED
from zones.source.reading_choices import Angles

router = APIRouter(route_class=StrictRoute, tags=["plan"])

SystemOf = Annotated[
    str | None,
    Query(
        description="坐标系；缺省由文本判断，判断不了的以 422 问 / system of the coordinates; by "
        f"default the text tells, or a 422 asks: {CRS_KEYS}"
    ),
    text_of("string"),
]
DatumOf = Annotated[
    str | None,
    Query(description="经纬度是否偏移 / whether degrees are shifted: none, gcj02, bd09"),
    text_of("string"),
]
ANGLES: Final = get_args(Angles)
AnglesOf = Annotated[
    str | None,
    Query(description="ddd.mmssss 还是十进制度 / how degrees are written"),
    text_of("string", enum=list(ANGLES)),
]
RepairOf = Annotated[
    str | None,
    Query(description="修复自相交等错误，改动写在 notes / mend what is invalid, told in notes"),
    text_of("boolean"),
]
TEXT_TYPE: Final = "text/plain"
ACCEPTED: Final = (GEOJSON_TYPE, JSON_TYPE, TEXT_TYPE)
_SQUARE: Final = [[123.40, 41.78], [123.42, 41.78], [123.42, 41.80], [123.40, 41.78]]
_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        GEOJSON_TYPE: {
            "schema": {"type": "object"},
            "example": {"type": "Polygon", "coordinates": [_SQUARE]},
        },
        TEXT_TYPE: {
            "schema": {"type": "string", "maxLength": 2**20},
            "example": "X,Y\n4627400,41533661\n4627400,41534661\n4628400,41534661\n",
        },
    },
}
"""Media types other than these are refused: a browser's form cannot send one by itself."""


@router.post(
    "/plan/attribution",
    name="attribute-areas",
    summary="画出或粘贴的面:面积、分摊、场所 / What areas of one's own take in",
    responses=answers(GEOJSON_TYPE, description="每个面一条 / one for each area"),
    openapi_extra={"requestBody": _BODY},
)
async def attribute_areas(
    request: Request,
    snapshot: SnapshotDep,
    lang: LangDep,
    crs: SystemOf = None,
    datum: DatumOf = None,
    angles: AnglesOf = None,
    repair: RepairOf = None,
) -> Response:
    """Return area, shares of zones and subdistricts and the sites inside; nothing is stored.

    The body is GeoJSON, or as text whatever imports understand: WKT, a list of coordinates with
    or without headings (degrees, minutes and seconds; 3-degree strips; GCJ-02 by `crs`), 国土 TXT,
    KML. At most 100 areas of 20,000 vertices in 1 MB. What is wrong is a 422 whose `problems` name
    the place and how to mend it; where only a person can say which system is meant, its
    `question` has the candidates.
    """
    text = await _text_of(request)
    reading = await services_of(request).pasted_areas.read(
        text, options_of(crs, datum, angles, repair), request_id=request.state.request_id
    )
    if reading.question is not None or reading.errors:
        return refused(reading, request, lang)
    document = await run_in_threadpool(areas_document, snapshot, reading, lang)
    answer = state_response(document, headers={"X-Revision": str(snapshot.revision)})
    answer.headers["Content-Type"] = GEOJSON_TYPE
    return answer


def options_of(
    crs: str | None, datum: str | None, angles: str | None, repair: str | None
) -> PastedOptions:
    """Return what the query says of the coordinates.

    Raises
    ------
    UnknownCRSError, RequestError
    """
    shifted = datum is not None and datum.lower() != NOT_SHIFTED
    return PastedOptions(
        crs=None if crs is None else parameters.crs(crs).key,
        datum=parameters.crs(datum, "datum").key if datum is not None and shifted else datum,
        angles=None if angles is None else _angles(angles),
        repair=parameters.choice(repair or "false", "repair", choices=("true", "false")) == "true",
    )


def _angles(text: str) -> Angles:
    parameters.choice(text, "angles", choices=ANGLES)
    return "dms" if text == "dms" else "decimal"


def refused(reading: Reading, request: Request, lang: Lang) -> Response:
    """Return why areas are not measured: a question, or what is wrong with them and where."""
    if (question := reading.question) is not None:
        params: dict[str, Any] = dict(question.params)
        members = {"question": question_as_json(question, lang)}
        return problem_response(SourceError(question.code, **params), request, extra=members)
    problems = [problem_as_json(problem, lang) for problem in reading.problems]
    fault = SourceError("pasted-refused", count=reading.errors)
    return problem_response(fault, request, extra={"problems": problems})


async def _text_of(request: Request) -> str:
    sent_type = media_type(request.scope)
    if sent_type not in ACCEPTED:
        raise MediaTypeError(
            "media-unsupported", given=sent_type[:80], accepted=", ".join(ACCEPTED)
        )
    body = await request.body()
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestError("pasted-not-utf8", loc=("body",), at=error.start) from error


@router.get("/sketch", name="sketch-page", include_in_schema=False)
def sketch(request: Request, snapshot: SnapshotDep, lang: LangDep) -> Response:
    """Return the page on which an area is drawn or pasted."""
    return sketch_page(request, snapshot, lang)
