"""A multipart form with one file, streamed to disk: bounded in files, fields and field sizes."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self

import anyio.to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from app.http.disk_full import disk_faults
from app.http.fault_status import MediaTypeError, RequestError
from app.imports.form_to_options import REPEATED, as_list
from zones.store.sql.records import ImportRecord

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_FIELDS: Final = 40
MOST_REPEATS: Final = 200
MOST_FIELD_BYTES: Final = 20_000
FILE_FIELD: Final = "file"
_WRITE_BYTES: Final = 2**18


@dataclass(frozen=True, slots=True)
class Upload:
    """What a form held: the file's own name (never used as a path), its digest, the fields."""

    path: Path
    file_name: str
    sha256: str
    size: int
    fields: dict[str, str]

    @classmethod
    def of(cls, record: ImportRecord, path: Path) -> Self:
        """Return the file of an import that was received before and lies at ``path``."""
        digest, size = record.file_sha256 or "", record.file_bytes or 0
        return cls(path, record.file_name, digest, size, {})


async def receive_upload(request: Request, path: Path) -> Upload:
    """Read the request's form, writing its file to ``path`` as it comes.

    Raises
    ------
    MediaTypeError
        If the body is not multipart/form-data.
    RequestError
        If the form is broken, or has no file, several files, or too many or too long fields.
    StoreError
        If the disk is full, or fails.
    """
    media_type, options = parse_options_header(request.headers.get("content-type"))
    if media_type != b"multipart/form-data" or not options.get(b"boundary"):
        sent_type = media_type.decode("latin-1")[:80]
        raise MediaTypeError("media-unsupported", given=sent_type, accepted="multipart/form-data")
    form = _Form(await anyio.to_thread.run_sync(_opened, path))
    try:
        await _feed(request, MultipartParser(options[b"boundary"], form.callbacks()))
    finally:
        await anyio.to_thread.run_sync(form.close)
    return form.upload(path)


def _opened(path: Path) -> BinaryIO:
    # Without a buffer: the pieces are large, and closing the file has nothing left to write.
    with disk_faults("upload"):
        return path.open("xb", buffering=0)


async def _feed(request: Request, parser: MultipartParser) -> None:
    """Pass the body to the parser, which writes to disk, in a thread and in larger pieces."""
    buffer = bytearray()
    try:
        async for chunk in request.stream():
            buffer += chunk
            if len(buffer) >= _WRITE_BYTES:
                await anyio.to_thread.run_sync(parser.write, bytes(buffer))
                buffer.clear()
        await anyio.to_thread.run_sync(parser.write, bytes(buffer))
        parser.finalize()
    except FormParserError as error:
        raise RequestError("upload-broken", loc=("body",)) from error


@dataclass(slots=True)
class _Form:
    """Takes the parser's calls, part by part."""

    file: BinaryIO
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    size: int = 0
    file_name: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    finished: bool = False
    _values: dict[str, list[str]] = field(default_factory=dict)
    _header_name: bytearray = field(default_factory=bytearray)
    _header_value: bytearray = field(default_factory=bytearray)
    _disposition: bytes = b""
    _field: str | None = None
    _value: bytearray = field(default_factory=bytearray)

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self.begin_part,
            "on_header_field": self.take_header_name,
            "on_header_value": self.take_header_value,
            "on_header_end": self.end_header,
            "on_headers_finished": self.end_headers,
            "on_part_data": self.take_data,
            "on_part_end": self.end_part,
            "on_end": self.end,
        }

    def begin_part(self) -> None:
        self._disposition, self._field = b"", None
        self._value.clear()

    def take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def end_header(self) -> None:
        if bytes(self._header_name).lower() == b"content-disposition":
            self._disposition = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def end_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"name" not in options:
            raise RequestError("upload-broken", loc=("body",))
        name = options[b"name"].decode("utf-8", "replace")[:100]
        if b"filename" in options:
            self._begin_file(name, options[b"filename"])
        elif len(self.fields) >= MOST_FIELDS:
            raise RequestError("upload-too-many-fields", loc=("body",), limit=MOST_FIELDS)
        else:
            self._field = name

    def _begin_file(self, name: str, file_name: bytes) -> None:
        if self.file_name is not None:
            raise RequestError("upload-two-files", loc=("body", name))
        if name != FILE_FIELD:
            raise RequestError("upload-no-file", loc=("body", name))
        self.file_name = file_name.decode("utf-8", "replace")[:200]

    def take_data(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        if self._field is None:
            self._write(piece)
            return
        self._value += piece
        if len(self._value) > MOST_FIELD_BYTES:
            raise RequestError(
                "text-too-long",
                loc=("body", self._field),
                name=self._field,
                limit=MOST_FIELD_BYTES,
            )

    def _write(self, piece: bytes) -> None:
        self.size += len(piece)
        self.digest.update(piece)
        rest = memoryview(piece)
        with disk_faults("upload"):
            while rest:
                rest = rest[self.file.write(rest) :]

    def close(self) -> None:
        """Close the file."""
        with disk_faults("upload"):
            self.file.close()

    def end_part(self) -> None:
        if self._field is None:
            return
        values = self._values.setdefault(self._field, [])
        if values and self._field not in REPEATED:
            raise RequestError("parameter-twice", loc=("body", self._field), name=self._field)
        if len(values) >= MOST_REPEATS:
            raise RequestError("upload-too-many-fields", loc=("body",), limit=MOST_REPEATS)
        values.append(self._value.decode("utf-8", "replace").replace("\0", "").strip())
        self.fields[self._field] = values[0] if len(values) == 1 else as_list(values)

    def end(self) -> None:
        self.finished = True

    def upload(self, path: Path) -> Upload:
        if not self.finished:
            raise RequestError("upload-broken", loc=("body",))
        # A browser sends an empty name when nothing was chosen.
        if not self.file_name:
            raise RequestError("upload-no-file", loc=("body", FILE_FIELD))
        return Upload(path, self.file_name, self.digest.hexdigest(), self.size, self.fields)
