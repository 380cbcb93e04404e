"""An untrusted zip -> the members that are wanted, under names of our own.

Every rule is checked on the list of members before a byte is inflated; what the list promises is
counted again while inflating. Names decide only what a member is; files never bear them.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final
from unicodedata import category

from zones.encoding.encoding_names import GB18030
from zones.errors import SourceError, SourceLimitError
from zones.sandbox.limits import MEBIBYTE

_MOST_MEMBERS = 500  # forty shapefiles of twelve parts
_MOST_IN_GEODATABASES = 1000
_IN_GEODATABASE = ".gdb/"
_LONGEST_NAME = 200
_HIGHEST_RATIO = 100
_RATIO_FROM_BYTES = MEBIBYTE
_CHUNK_BYTES = 256 * 1024
_ENCRYPTED, _NAME_IN_UTF8 = 0x1, 0x800
_UNICODE_PATH, _EXTRA_HEAD_BYTES = 0x7075, 4
_CONTROL = frozenset({"Cc", "Cs"})
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DRIVE = re.compile(r"[A-Za-z]:")
_ARCHIVES: Final = frozenset(
    {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".kmz", ".jar", ".lzh"}
)
_JUNK_FOLDER = "__MACOSX"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, struct.error)


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A file in the archive: its decoded path, lower-case suffix, and size as declared."""

    path: PurePosixPath
    suffix: str
    size: int
    info: zipfile.ZipInfo

    @property
    def stem(self) -> str:
        """Return the path without its suffix, by which files of one layer are recognised."""
        return str(self.path)[: len(str(self.path)) - len(self.suffix)].casefold()

    @property
    def layer(self) -> str:
        """Return the name that the layer goes by."""
        return self.path.name[: len(self.path.name) - len(self.suffix)]


class Archive:
    """An opened archive that keeps the rules; ``members`` leaves out folders and junk."""

    def __init__(self, file: BinaryIO, *, max_bytes: int) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (*_UNREADABLE, OSError, ValueError) as error:
            raise SourceError("zip-damaged" if _looks_like_zip(file) else "not-a-zip") from error
        self._left_bytes = max_bytes
        self._max_bytes = max_bytes
        self.members = self._checked()

    def extract(self, member: ZipMember, target: Path) -> None:
        """Write the member to ``target``, a path of the caller's choosing.

        Raises
        ------
        SourceError
            ``zip-damaged`` if it cannot be inflated or its checksum is wrong.
        SourceLimitError
            If the archive proves larger than it may be.
        """
        try:
            with self._zip.open(member.info) as packed, target.open("wb") as unpacked:
                while chunk := packed.read(_CHUNK_BYTES):
                    self._count(len(chunk))
                    unpacked.write(chunk)
        except _UNREADABLE as error:
            raise SourceError("zip-member-damaged", member=_shown(str(member.path))) from error

    def head(self, member: ZipMember, size: int) -> bytes:
        """Return the first bytes of a member; what cannot be read is told when it is extracted."""
        try:
            with self._zip.open(member.info) as packed:
                return packed.read(size)
        except _UNREADABLE:
            return b""

    def _count(self, size: int) -> None:
        self._left_bytes -= size
        if self._left_bytes < 0:
            raise SourceLimitError("unzipped-too-large", most_mb=self._max_bytes // MEBIBYTE)

    def _checked(self) -> tuple[ZipMember, ...]:
        infos = self._zip.infolist()
        _refuse_too_many(infos)
        if sum(info.file_size for info in infos) > self._max_bytes:
            raise SourceLimitError("unzipped-too-large", most_mb=self._max_bytes // MEBIBYTE)
        paths = [_safe_path(info) for info in infos]
        _refuse_twins(paths)
        members = [
            ZipMember(path, path.suffix.lower(), info.file_size, info)
            for path, info in zip(paths, infos, strict=True)
            if not info.is_dir() and not _is_junk(path)
        ]
        for member in members:
            _refuse_nested(member)
        return tuple(members)


def member_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member: by its Unicode field, else UTF-8, else GBK, else code page 437.

    Windows writes names in its own code page and does not say so; in China that is GBK.
    """
    raw = info.orig_filename.encode("utf-8" if info.flag_bits & _NAME_IN_UTF8 else "cp437")
    if (name := _unicode_path(info.extra, raw)) is not None:
        return name
    for encoding in ("utf-8", GB18030):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """Return the name in Info-ZIP's extra field 0x7075, if it was written for this name."""
    while len(extra) >= _EXTRA_HEAD_BYTES:
        kind, size = struct.unpack_from("<HH", extra)
        content, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and content[1:5] == struct.pack("<I", zlib.crc32(raw)):
            try:
                return content[5:].decode("utf-8")
            except UnicodeDecodeError:
                return None
    return None


def _refuse_too_many(infos: Sequence[zipfile.ZipInfo]) -> None:
    """Raise for too many members; a geodatabase keeps every layer and index in several files."""
    within = sum(_IN_GEODATABASE in info.filename.lower() for info in infos)
    for count, most in ((len(infos) - within, _MOST_MEMBERS), (within, _MOST_IN_GEODATABASES)):
        if count > most:
            raise SourceLimitError("zip-too-many", count=count, most=most)


def _safe_path(info: zipfile.ZipInfo) -> PurePosixPath:
    name = member_name(info)
    kind = stat.S_IFMT(info.external_attr >> 16)
    reason = (
        "zip-encrypted"
        if info.flag_bits & _ENCRYPTED
        else "zip-not-a-file"
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR)
        else "zip-name"
        if _is_unsafe(name)
        else "zip-method"
        if info.compress_type not in _METHODS
        else "zip-ratio"
        if info.file_size > max(_RATIO_FROM_BYTES, _HIGHEST_RATIO * info.compress_size)
        else None
    )
    if reason:
        raise SourceError(reason, member=_shown(name))
    return PurePosixPath(name)


def _is_unsafe(name: str) -> bool:
    parts = name.split("/")
    return (
        not name
        or len(name) > _LONGEST_NAME
        or name.startswith("/")
        or ".." in parts
        or "\\" in name
        or any(category(mark) in _CONTROL for mark in name)
        or _DRIVE.match(name) is not None
    )


def _refuse_twins(paths: Sequence[PurePosixPath]) -> None:
    counts = Counter(str(path).casefold() for path in paths)
    name, count = counts.most_common(1)[0] if counts else ("", 0)
    if count > 1:
        raise SourceError("zip-twins", member=_shown(name))


def _refuse_nested(member: ZipMember) -> None:
    if member.suffix in _ARCHIVES:
        raise SourceError("zip-nested", member=_shown(str(member.path)))


def _is_junk(path: PurePosixPath) -> bool:
    return any(part == _JUNK_FOLDER or part.startswith(".") for part in path.parts)


def _looks_like_zip(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(2) == b"PK"


def _shown(name: str) -> str:
    return "".join("?" if category(mark) in _CONTROL else mark for mark in name[:_LONGEST_NAME])
