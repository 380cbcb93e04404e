"""Features written into a file and sent: nothing of it stays on the disk."""

import re
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import BinaryIO, Final
from urllib.parse import quote

import anyio.to_thread

from zones.export.export_options import ExportOptions
from zones.export.write_file import write_export
from zones.model import CollectionInfo, Feature
from zones.sandbox.private_folder import own_folder

_BLOCK: Final = 256 * 1024
_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


def exported_file(
    info: CollectionInfo, features: Sequence[Feature], options: ExportOptions
) -> tuple[BinaryIO, int]:
    """Return the open file and its size; it has no name any more, so it goes when it is closed."""
    with own_folder() as folder:  # which the next start removes if this process is killed
        path = folder / f"export{options.format.suffix}"
        write_export(path, info, features, options=options)
        return path.open("rb"), path.stat().st_size


async def blocks_of(file: BinaryIO) -> AsyncIterator[bytes]:
    """Yield the file in blocks and close it at the end, also when nobody listens any more."""
    with file:
        read = partial(anyio.to_thread.run_sync, file.read, _BLOCK)
        while block := await read():
            yield block


def media_type(options: ExportOptions) -> str:
    """Return the media type; of a text, with its encoding."""
    type_of_format = options.format.media_type
    if not type_of_format.startswith("text/"):
        return type_of_format
    return f"{type_of_format}; charset={options.encoding.removesuffix('-sig')}"


def disposition(info: CollectionInfo, revision: int, options: ExportOptions) -> str:
    """Return Content-Disposition with the collection's Chinese title (RFC 6266, RFC 8187)."""
    ending = f"-r{revision}{options.format.suffix}"
    if options.crs.is_shifted or not options.crs.is_geographic:
        ending = f"-{options.crs.key.replace(':', '').lower()}{ending}"
    title = _NOT_IN_NAMES.sub("_", info.title)[:100].strip(" .")
    named = quote(f"{title or info.id}{ending}", safe="")
    return f"attachment; filename=\"{info.id}{ending}\"; filename*=UTF-8''{named}"
