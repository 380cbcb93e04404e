"""What is sent as values of indicators, a file or JSON -> the values, or all that is wrong."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from app.http.fault_status import RequestError, RequestFaultsError
from app.http.json_body import read_object
from app.http.responses import JSON_TYPE
from app.imports.import_limits import limits_of
from app.imports.multipart_upload import receive_upload
from app.settings import Settings
from zones.errors import ValidationError
from zones.ingest.read_table import read_table
from zones.plan.indicator_values import COLUMNS, ReadValues, read_values
from zones.plan.indicators import Target

FIELDS: Final[Mapping[str, str]] = {
    "note": "修改说明 / why",
    "encoding": "CSV 的文字编码，如 utf-8、gb18030 / encoding of a CSV",
    "dry_run": "true：只检查 / check only",
}
MEMBERS: Final = {"values": "[]", "note": "", "dry_run": "false"}
MOST_VALUES: Final = 20_000
_CHINA: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Sent:
    """The values that were sent, and what is to be done with them."""

    read: ReadValues
    note: str
    dry_run: bool
    file_name: str | None = None
    sha256: str | None = None
    size: int | None = None


async def sent_values(request: Request, targets: Mapping[str, Target], settings: Settings) -> Sent:
    """Return what a request brings: a form with a file, or a JSON object.

    Raises
    ------
    RequestFaultsError
        With every row at fault, up to a hundred.
    RequestError, MediaTypeError, SourceError
        If it cannot be read at all.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = media_type == JSON_TYPE
    sent = await (
        _from_json(request, targets) if is_json else _from_form(request, targets, settings)
    )
    if sent.read.faults:
        raise RequestFaultsError(sent.read.faults)
    return sent


async def _from_form(request: Request, targets: Mapping[str, Target], settings: Settings) -> Sent:
    with tempfile.TemporaryDirectory(prefix="values-") as folder:
        upload = await receive_upload(request, Path(folder) / "file")
        for name in upload.fields:
            if name not in FIELDS:
                known = ", ".join(FIELDS)
                raise RequestError(
                    "field-not-of-form", loc=("body", name), name=name[:80], known=known
                )
        encoding = upload.fields.get("encoding") or None

        def read() -> ReadValues:
            with upload.path.open("rb") as source:
                table = read_table(source, limits=limits_of(settings), encoding=encoding)
            rows = [(row.line, row.cells) for row in table.rows]
            return _read(table.names, rows, targets)

        return Sent(
            await run_in_threadpool(read),
            upload.fields.get("note", ""),
            _is_true(upload.fields.get("dry_run", "")),
            upload.file_name,
            upload.sha256,
            upload.size,
        )


async def _from_json(request: Request, targets: Mapping[str, Target]) -> Sent:
    document = await read_object(request, known=MEMBERS)
    values = document.get("values")
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        example = '[{"code": "high_tech_firms", "value": 300, "date": "2023", "source": "…"}]'
        raise RequestError("indicator-json", loc=("body", "values"), example=example)
    if len(values) > MOST_VALUES:
        raise RequestError("table-too-long", loc=("body", "values"), most=MOST_VALUES)
    if unknown := {name for one in values for name in one} - COLUMNS.keys():
        name, known = sorted(map(str, unknown))[0], ", ".join(COLUMNS)
        raise RequestError("field-not-of-form", loc=("body",), name=name[:80], known=known)
    rows = [(at, [_cell(one.get(name)) for name in COLUMNS]) for at, one in enumerate(values, 1)]
    read = await run_in_threadpool(_read, tuple(COLUMNS), rows, targets)
    return Sent(read, _cell(document.get("note")), document.get("dry_run") is True)


def _read(
    names: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], targets: Mapping[str, Target]
) -> ReadValues:
    today = datetime.now(UTC).astimezone(_CHINA).date()
    try:
        return read_values(names, rows, targets, today=today)
    except ValidationError as fault:
        raise RequestError(fault.code, loc=("body",), **fault.params) from fault


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _is_true(text: str) -> bool:
    return text.strip().lower() in {"true", "1", "yes", "on"}
